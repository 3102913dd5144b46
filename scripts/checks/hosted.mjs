// Finds code of the client that would not compile to WebAssembly, since few machines can compile it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesAt } from '../build.mjs';
import { root } from '../run.mjs';

/** What WebAssembly does not have: see `crates/infinium-client/src/hosted`. */
const ELSEWHERE =
  /^(runtime\.rs|(transport|spool|simulation)\/|.*([/_]tests\/|tests\.rs$|bench\.rs$))/;

const NATIVE = /\btokio::(time|spawn|task|net|fs|runtime)\b|\bstd::(thread|fs|net::Tcp)/;

/** @returns {string[]} problems */
export function checkHosted() {
  const folder = 'crates/infinium-client/src';
  return filesAt(folder).flatMap((file) => {
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (ELSEWHERE.test(name)) return [];
    const [code = ''] = readFileSync(path.join(root, file), 'utf8').split(
      '#[cfg(test)]\nmod tests',
    );
    return code.split('\n').flatMap((line, index) => {
      const found = NATIVE.exec(line.replace(/\/\/.*/, ''));
      return found
        ? [`${file}:${index + 1}: ${found[0]} does not exist in WebAssembly; use crate::runtime`]
        : [];
    });
  });
}
