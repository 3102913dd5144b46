// Bundlers, without configuration: the bundle runs on the addon next to node_modules, and without it where it is alone.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { esbuild, rollup, webpack } from '../bundle.mjs';
import { commonProgram, load, moduleProgram, SENT, tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */
/** @typedef {import('../world.mjs').World} World */

/**
 * @param {World} world
 * @param {string} folder with node_modules
 * @param {string} bundle a file in it
 */
async function runsNearAndFar(world, folder, bundle) {
  assert.equal(await world.node(folder, bundle), SENT);
  const alone = world.folder();
  cpSync(path.join(folder, bundle), path.join(alone, bundle));
  // What stands in for the addon is in the bundle, too.
  assert.equal(await world.node(alone, bundle), SENT.replace('native', 'wasm'));
}

/** @type {Case['run']} */
async function esbuildCommon(world) {
  const folder = world.project({ 'program.mjs': moduleProgram() });
  await esbuild(folder, { outfile: 'bundle.cjs' });
  await runsNearAndFar(world, folder, 'bundle.cjs');
}

/** @type {Case['run']} */
async function esbuildModule(world) {
  const folder = world.project({ 'program.mjs': moduleProgram() });
  await esbuild(folder, { outfile: 'bundle.mjs', format: 'esm', minify: true });
  await runsNearAndFar(world, folder, 'bundle.mjs');
}

/** @type {Case['run']} */
async function esbuildModuleOld(world) {
  const folder = world.project({ 'program.mjs': moduleProgram() });
  // As docs/consumers.md says.
  const js =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await esbuild(folder, { outfile: 'bundle.mjs', format: 'esm', banner: { js } });
  assert.equal(await world.run(folder, tool('node-18', 'bin/node'), ['bundle.mjs']), SENT);
}

/** @type {Case['run']} */
async function esbuildEmbedded(world) {
  const folder = world.project({ 'program.mjs': moduleProgram('infinium-o2/embedded') });
  await esbuild(folder, { outdir: 'out', loader: { '.node': 'copy' } });
  const alone = world.folder();
  cpSync(path.join(folder, 'out'), alone, { recursive: true });
  assert.equal(await world.node(alone, 'program.js'), SENT);
}

/** @param {string} name @param {string} file */
const webpackLike =
  (name, file) =>
  /** @type {Case['run']} */
  async (world) => {
    const folder = world.project({ 'program.cjs': commonProgram() });
    await webpack([name, file], folder, 'program.cjs');
    await runsNearAndFar(world, folder, 'bundle.cjs');
  };

/** @param {'cjs' | 'es'} format @param {string} bundle */
const rollupTo =
  (format, bundle) =>
  /** @type {Case['run']} */
  async (world) => {
    const folder = world.project({ 'program.mjs': moduleProgram() });
    await rollup(folder, format, bundle);
    await runsNearAndFar(world, folder, bundle);
  };

/** @param {string[]} noExternal packages that tsup bundles; others that the project depends on it does not */
const tsup =
  (noExternal = []) =>
  /** @type {Case['run']} */
  async (world) => {
    const options = {
      entry: ['program.mjs'],
      format: ['cjs', 'esm'],
      noExternal,
    };
    const folder = world.project({
      'program.mjs': moduleProgram(),
      'tsup.config.json': JSON.stringify(options),
    });
    // Version 9 needs Node.js 22.
    await world.run(folder, tool('node-24', 'bin/node'), [tool('tsup', 'dist/cli-default.js')]);
    for (const format of ['js', 'mjs']) {
      assert.equal(await world.node(folder, `dist/program.${format}`), SENT);
    }
  };

/** @type {Case['run']} */
async function viteServer(world) {
  const folder = world.project({ 'program.mjs': moduleProgram() });
  const { build } = await load('vite', 'dist/node/index.js');
  await build({
    root: folder,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: 'program.mjs',
      outDir: '.',
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'bundle.mjs' } },
    },
  });
  await runsNearAndFar(world, folder, 'bundle.mjs');
}

/** @type {Case['run']} */
async function bunBuild(world) {
  const folder = world.project({ 'program.mjs': moduleProgram() });
  const command = tool('@oven/bun-linux-x64-baseline', 'bin/bun');
  await world.run(folder, command, [
    'build',
    'program.mjs',
    '--target',
    'node',
    '--outfile',
    'bundle.mjs',
  ]);
  assert.equal(await world.node(folder, 'bundle.mjs'), SENT);
}

/** @type {Case['run']} */
async function bunCompile(world) {
  const folder = world.project({ 'program.mjs': moduleProgram('infinium-o2/embedded') });
  const command = tool('@oven/bun-linux-x64-baseline', 'bin/bun');
  await world.run(folder, command, ['build', 'program.mjs', '--compile', '--outfile', 'program']);
  const alone = world.folder();
  cpSync(path.join(folder, 'program'), path.join(alone, 'program'));
  assert.equal(await world.run(alone, path.join(alone, 'program'), []), SENT);
}

/** @type {Case['run']} */
async function ncc(world) {
  const folder = world.project({ 'program.js': commonProgram('infinium-o2/embedded') });
  await world.node(
    folder,
    tool('@vercel/ncc', 'dist/ncc/cli.js'),
    'build',
    'program.js',
    '-o',
    'out',
  );
  const alone = world.folder();
  cpSync(path.join(folder, 'out'), alone, { recursive: true });
  assert.equal(await world.node(alone, 'index.js'), SENT);
}

/** @type {Case['run']} */
async function nft(world) {
  const folder = world.project({ 'program.mjs': moduleProgram() });
  const { nodeFileTrace } = await load('@vercel/nft', 'out/index.js');
  const { fileList } = await nodeFileTrace([path.join(folder, 'program.mjs')], { base: folder });
  const alone = world.folder();
  for (const file of fileList) cpSync(path.join(folder, file), path.join(alone, file));
  assert.equal(await world.node(alone, 'program.mjs'), SENT);
}

/** @type {Case[]} */
export const bundlers = [
  { name: 'esbuild, CommonJS', quick: true, run: esbuildCommon },
  { name: 'esbuild, ES module, minified', quick: true, run: esbuildModule },
  { name: 'esbuild, ES module, Node.js 18', quick: true, run: esbuildModuleOld },
  { name: 'esbuild, moved', quick: true, run: esbuildEmbedded },
  { name: 'webpack', quick: true, run: webpackLike('webpack', 'lib/index.js') },
  { name: 'rollup, CommonJS', quick: true, run: rollupTo('cjs', 'bundle.cjs') },
  { name: 'rollup, ES module', quick: true, run: rollupTo('es', 'bundle.mjs') },
  { name: 'bun build --compile, moved', quick: true, run: bunCompile },
  { name: 'bun build', run: bunBuild },
  { name: 'rspack', run: webpackLike('@rspack/core', 'dist/index.js') },
  { name: 'tsup', run: tsup() },
  { name: 'tsup, bundled', run: tsup(['infinium-o2']) },
  { name: 'vite for servers', run: viteServer },
  { name: 'ncc, moved', run: ncc },
  { name: 'nft (Vercel)', run: nft },
];
