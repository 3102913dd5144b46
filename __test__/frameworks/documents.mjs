// Runs the code of the documents that uses an integration: in docs/frameworks.md, and in the README of its example.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startPlatform } from './platform.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** The blocks of a document in a language. @returns {string[]} */
function blocksOf(/** @type {string} */ file, /** @type {string} */ language) {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)]
    .filter(([, named]) => named === language)
    .map(([, , code]) => code);
}

/**
 * @typedef {object} Setup
 * @property {(code: string) => string} [prepare] changes what cannot run as it stands
 * @property {Record<string, string>} given the code for names that a block uses and does not declare; it may use names
 *   that come before it
 * @property {(code: string) => string} use what comes after a block, to use what it sets up
 * @property {number} [traces] how many traces each block makes. Default: 1
 * @property {NodeJS.ProcessEnv} [env]
 */

/** Tests the blocks for an integration, and that both documents show the same traces. */
export async function testDocuments(
  /** @type {string} */ name,
  /** @type {Setup} */ { prepare = (code) => code, given, use, traces = 1, env = {} },
) {
  const platform = await startPlatform();
  after(() => platform.stop());
  const readme = `examples/${name}/README.md`;
  const guide = blocksOf('docs/frameworks.md', 'js').filter((code) =>
    code.includes(`'infinium-o2/${name}'`),
  );
  describe('runs what the documents show', () => {
    it('has a block in the guide', () => assert.notEqual(guide.length, 0));
    for (const code of [...guide, ...blocksOf(readme, 'js')]) {
      it(code.replace(/\s+/g, ' '), async () => {
        let program = `${prepare(code)}\n${use(code)}`;
        for (const [word, text] of Object.entries(given).reverse()) {
          if (needs(program, word)) program = `${text}\n${program}`;
        }
        const { stderr } = await promisify(execFile)(
          process.execPath,
          ['--input-type=module', '--eval', program],
          {
            cwd: path.join(root, 'examples', name),
            env: { ...process.env, ...platform.env, ...env },
            timeout: 30_000,
          },
        );
        assert.doesNotMatch(stderr, /infinium/i);
        assert.equal((await platform.sent()).length, traces);
      });
    }
  });

  it('shows the same traces in the guide and in the README of the example', () => {
    const inGuide = new Set(blocksOf('docs/frameworks.md', 'text'));
    for (const shown of blocksOf(readme, 'text')) assert.equal(inGuide.has(shown), true, shown);
  });
}

/** Whether code uses a name that it does not declare. */
function needs(/** @type {string} */ code, /** @type {string} */ word) {
  const declares = new RegExp(`\\b(const|import)\\s[^;=]*\\b${word}\\b`);
  return new RegExp(`\\b${word}\\b`).test(code) && !declares.test(code);
}
