// Bundlers, with the settings that docs/consumers.md tells.
import assert from 'node:assert/strict';
import path from 'node:path';
import { load } from './world.mjs';

/**
 * @param {string} folder with program.mjs
 * @param {object} options
 */
export async function esbuild(folder, options) {
  const { build } = await load('esbuild', 'lib/main.js');
  const result = await build({
    absWorkingDir: folder,
    entryPoints: ['program.mjs'],
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
    ...options,
  });
  assert.deepEqual(result.warnings, []);
}

/**
 * Bundles with webpack or rspack into bundle.cjs.
 *
 * @param {[name: string, file: string]} bundler
 * @param {string} folder
 * @param {string} entry
 * @param {object} [options]
 */
export async function webpack([name, file], folder, entry, options) {
  const { default: exported, [/** @type {string} */ ('rspack')]: named } = await load(name, file);
  const stats = await new Promise((resolve, reject) => {
    (named ?? exported)(
      {
        mode: 'production',
        target: 'node',
        context: folder,
        entry: `./${entry}`,
        output: { path: folder, filename: 'bundle.cjs' },
        ...options,
      },
      (/** @type {any} */ error, /** @type {any} */ result) =>
        error ? reject(error) : resolve(result),
    );
  });
  assert.deepEqual(stats.toJson().errors, []);
  assert.deepEqual(stats.toJson().warnings, []);
}

/**
 * @param {string} folder with program.mjs
 * @param {'cjs' | 'es'} format
 * @param {string} bundle
 */
export async function rollup(folder, format, bundle) {
  const { rollup } = await load('rollup', 'dist/es/rollup.js');
  const { default: resolve } = await load('@rollup/plugin-node-resolve', 'dist/es/index.js');
  const { default: commonjs } = await load('@rollup/plugin-commonjs', 'dist/es/index.js');
  const built = await rollup({
    input: path.join(folder, 'program.mjs'),
    plugins: [resolve({ preferBuiltins: true }), commonjs()],
    external: /^node:/,
    onLog: () => {},
  });
  await built.write({ file: path.join(folder, bundle), format, inlineDynamicImports: true });
}
