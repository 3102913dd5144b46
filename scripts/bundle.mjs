// Puts lib/ into the files that are published: dist/index.js, and what is only loaded where it is needed.
//
// One file loads faster than thirty. And modules that are loaded late belong to the same copy as those that were
// loaded early, even if Jest's `resetModules` has emptied the module cache in between: otherwise they would bring
// error classes of their own.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { bundleFrameworks, mainEntry, modulesFooter } from './bundle-frameworks.mjs';
import { isMain, root } from './run.mjs';
import { addonPackage, TARGETS } from './targets.mjs';

/**
 * Gets the modules of Node.js without `require` where that is possible, because bundles of users that are ES modules
 * have none. Older versions of Node.js need `require`.
 */
const builtins = {
  name: 'builtins',
  /** @param {import('esbuild').PluginBuild} build */
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path: name, namespace }) =>
      namespace === 'builtin'
        ? { path: name, external: true }
        : { path: name, namespace: 'builtin' },
    );
    onLoad({ filter: /^/, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = process.getBuiltinModule?.('${name}') ?? require('${name}');`,
    }));
  },
};

// esbuild exports getters and `__esModule`. Users get a plain object instead: its properties can be replaced, as
// spies of test frameworks do, and it is the default import in every bundler. Node.js finds the names to import in
// the code that esbuild has written before this line.
const plain = 'module.exports = { ...module.exports };';

// Bundlers cannot pack an addon and do not understand this, so their bundles look for the addon when they run.
const tracers = `
/** Never called. Tools that copy the files of a program, as Vercel and Next.js do, find the names of addons here. */
function namesForTracers(module) {
  const load = module.createRequire(__filename);
${TARGETS.map(({ platform }) => `  load('${addonPackage(platform)}');`).join('\n')}
}`;

/** What runs where no addon loads is a file of its own, so that others need not read it. */
const fallback = {
  name: 'fallback',
  /** @param {import('esbuild').PluginBuild} build */
  setup({ onResolve }) {
    onResolve({ filter: /\/fallback$/ }, () => ({ path: './fallback.js', external: true }));
  },
};

/** The program of the command line is a user of the package, and has no second copy of it. */
const library = {
  name: 'library',
  /** @param {import('esbuild').PluginBuild} build */
  setup({ onResolve }) {
    onResolve({ filter: /^infinium-o2$/ }, () => ({ path: './index.js', external: true }));
  },
};

/** The mode for fonts suits WebAssembly best. */
const SMALL = { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_FONT } };

/** Puts a WebAssembly module into a bundle, as text that is half as long. */
const packed = {
  name: 'packed',
  /** @param {import('esbuild').PluginBuild} build */
  setup({ onLoad }) {
    onLoad({ filter: /\.wasm$/ }, ({ path: file }) => ({
      contents: brotliCompressSync(readFileSync(file), SMALL).toString('base64'),
      loader: 'text',
    }));
  },
};

/** @type {import('esbuild').BuildOptions & { write: false }} */
const options = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node18',
  logLevel: 'warning',
  // Small, but names stay as they are, for stack traces. Node.js shows the line of an error that nobody catches.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 120,
  write: false,
};

export default async function bundle() {
  await build({
    ...options,
    entryPoints: [path.join(root, 'lib', 'fallback', 'index.ts')],
    outfile: path.join(root, 'dist', 'fallback.js'),
    plugins: [builtins, packed],
    minifyIdentifiers: true,
    write: true,
  });
  await build({
    ...options,
    entryPoints: [path.join(root, 'lib', 'command-line', 'main.ts')],
    outfile: path.join(root, 'dist', 'cli.js'),
    plugins: [library],
    banner: { js: '#!/usr/bin/env node' },
    minifyIdentifiers: true,
    write: true,
  });
  const frameworks = await bundleFrameworks(options);
  const { outputFiles } = await build({
    ...options,
    stdin: {
      contents: mainEntry(frameworks.modules),
      resolveDir: path.join(root, 'lib'),
      loader: 'ts',
    },
    outfile: path.join(root, 'dist', 'index.js'),
    plugins: [builtins, fallback],
    banner: { js: '"use strict";' },
    footer: { js: plain + modulesFooter + tracers },
  });
  const [main] = outputFiles;
  const text = keepClassNames(
    main.text.replace(/((?:^|[\n;}])0 ?&& ?\(module\.exports ?= ?\{[^}]*?)\s*\bmodules,?/, '$1'),
  );
  // For Node.js, esbuild lists what it exports.
  const [, names = ''] = /(?:^|[\n;}])0 ?&& ?\(module\.exports ?= ?\{([^}]+)\}\);/.exec(text) ?? [];
  write({ path: main.path, text, names });
  for (const file of frameworks.files) write(file);
  joinStrings();
}

/**
 * To keep lines short, esbuild breaks strings with a backslash at the end of a line. Bundlers that indent what they
 * bundle, as rollup does, would put spaces into such strings: each stays on one line.
 */
function joinStrings() {
  const folder = path.join(root, 'dist');
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    // A backslash before it would make it a backslash of the text.
    writeFileSync(file, text.replace(/(?<!\\)((?:\\\\)*)\\\n/g, '$1'));
  }
}

/**
 * Writes an entry for `require`, and one for `import`.
 *
 * @param {{ path: string, text: string, names: string }} bundle
 */
function write({ path: file, text, names }) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  writeFileSync(file.replace(/\.js$/, '.mjs'), entryForImport(path.basename(file), names));
}

/**
 * The entry for `import` hands out what the one for `require` has, so that there is one implementation in a program
 * that uses both.
 *
 * @param {string} file the name of the bundle
 * @param {string} names of its exports
 */
function entryForImport(file, names) {
  return `import infinium from './${file}';

export default infinium;
export const {${names}} = infinium;
`;
}

/**
 * esbuild calls a class `_Name` if its body refers to it. Users see the names of classes. The option `keepNames` would
 * keep them too, but it sets the names of all functions one by one, which makes `require` 0.4 ms slower.
 *
 * @param {string} code
 */
function keepClassNames(code) {
  const renamed = [...code.matchAll(/\b([A-Za-z]+)\d* ?= ?class (_\1)\b/g)];
  return renamed.reduce(
    (text, [, name, inner]) => text.replace(new RegExp(`\\b${inner}\\b`, 'g'), name),
    code,
  );
}

if (isMain(import.meta.url)) await bundle();
