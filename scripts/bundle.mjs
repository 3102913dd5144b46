// Puts lib/ into the one file that is published, dist/index.js.
//
// One file loads faster than thirty. And modules that are loaded late belong to the same copy as those that were
// loaded early, even if Jest's `resetModules` has emptied the module cache in between: otherwise they would bring
// error classes of their own.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { isMain, root } from './run.mjs';

/** The addon and its loader are files of their own, in the folder above the bundle. */
const binding = {
  name: 'binding',
  /** @param {import('esbuild').PluginBuild} build */
  setup({ onResolve }) {
    onResolve({ filter: /\/(js-binding|[^/]+\.node)$/ }, ({ path: found }) => ({
      path: `../${path.basename(found)}`,
      external: true,
    }));
  },
};

// esbuild exports getters and `__esModule`. Users get a plain object instead: its properties can be replaced, as
// spies of test frameworks do, and it is the default import in every bundler. Node.js finds the names to import in
// the code that esbuild has written before this line.
const footer = 'module.exports = { ...module.exports };';

export default async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'lib', 'index.ts')],
    outfile: path.join(root, 'dist', 'index.js'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node18',
    plugins: [binding],
    footer: { js: footer },
    logLevel: 'warning',
    write: false,
  });
  for (const { path: file, text } of outputFiles) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, keepClassNames(text));
  }
}

/**
 * esbuild calls a class `_Name` if its body refers to it. Users see the names of classes. The option `keepNames` would
 * keep them too, but it sets the names of all functions one by one, which makes `require` 0.4 ms slower.
 *
 * @param {string} code
 */
function keepClassNames(code) {
  const renamed = [...code.matchAll(/\b([A-Za-z]+)\d* = class (_\1)\b/g)];
  return renamed.reduce(
    (text, [, name, inner]) => text.replace(new RegExp(`\\b${inner}\\b`, 'g'), name),
    code,
  );
}

if (isMain(import.meta.url)) await bundle();
