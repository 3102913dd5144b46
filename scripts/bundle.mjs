// Puts index.js and lib/ into the one file that is published, dist/index.js.
//
// One file loads faster than thirty. And whatever is loaded late is still of the same copy: Jest's
// `resetModules`, or whoever else empties the cache of modules, would have the late ones come with errors
// and classes of their own.
import { readFileSync } from 'node:fs';
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

export default async function bundle() {
  const entry = path.join(root, 'index.js');
  const [, names] = /module\.exports = \{([^}]*)\}/.exec(readFileSync(entry, 'utf8')) ?? [];
  await build({
    entryPoints: [entry],
    outfile: path.join(root, 'dist', 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node18',
    keepNames: true,
    plugins: [binding],
    // It is never run: this is how Node.js finds out what there is to import by name.
    footer: { js: `0 && (module.exports = {${names}});` },
    logLevel: 'warning',
  });
}

if (isMain(import.meta.url)) await bundle();
