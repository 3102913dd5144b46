// Web frameworks: each is built and started as their users do, and its pages send tasks.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { makeApp } from '../app.mjs';

/** @typedef {import('../run.mjs').Case} Case */
/** @typedef {import('../world.mjs').World} World */

/**
 * Asks for a page that reports, and waits for what it reports.
 *
 * @param {World} world
 * @param {string} url
 * @param {string} name of the task
 * @param {RequestInit & { runtime?: string }} [options]
 */
async function reports(world, url, name, { runtime = 'native', ...options } = {}) {
  const response = await fetch(url, options);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.ok(text.includes(`sent ${runtime}`), text);
  await world.arrival(name);
  await world.arrival(`${name}, traced`);
}

/** @param {string} url */
const post = (url) => ({
  method: 'POST',
  headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
  body: '',
});

/**
 * @param {'turbopack' | 'webpack'} bundler
 * @param {Record<string, string>} [settings] that next.config.mjs reads
 */
const next =
  (bundler, settings = {}) =>
  /** @type {Case['run']} */
  async (world) => {
    const app = makeApp(world, 'next');
    await app.build('next/dist/bin/next', ['build', `--${bundler}`], settings);
    const start = ['node_modules/next/dist/bin/next', 'start', '--port', '<port>'];
    await app.serve(start, async (url) => {
      await reports(world, `${url}/tasks`, 'Route');
      await reports(world, url, 'Action', await formOf(url));
    });
  };

/** What a browser sends for the form of a page, without scripts. @param {string} url */
async function formOf(url) {
  const text = await (await fetch(url)).text();
  const body = new FormData();
  for (const [, name] of text.matchAll(/<input type="hidden" name="([^"]+)"/g)) body.set(name, '');
  return { method: 'POST', body };
}

/** @param {Record<string, string>} settings @param {'native' | 'wasm'} runtime */
const nextMoved =
  (settings, runtime) =>
  /** @type {Case['run']} */
  async (world) => {
    const app = makeApp(world, 'next');
    await app.build('next/dist/bin/next', ['build'], { NEXT_OUTPUT: 'standalone', ...settings });
    const cwd = world.folder();
    cpSync(path.join(app.folder, '.next', 'standalone'), cwd, { recursive: true });
    const use = (/** @type {string} */ url) => reports(world, `${url}/tasks`, 'Route', { runtime });
    await app.serve(['server.js'], use, { cwd });
  };

/** @param {string} name */
const nitro =
  (name) =>
  /** @type {Case['run']} */
  async (world) => {
    const app = makeApp(world, 'nitro');
    const file = name === 'nitro' ? 'nitro/dist/cli/index.mjs' : 'nitropack/dist/cli/index.mjs';
    await app.build(file, ['build']);
    await app.serve(['.output/server/index.mjs'], (url) => reports(world, `${url}/tasks`, 'Route'));
  };

/** @type {Case['run']} */
async function svelteKit(world) {
  const app = makeApp(world, 'svelte');
  await app.build('vite/bin/vite.js', ['build']);
  await app.serve(['build'], async (url) => {
    await reports(world, `${url}/tasks`, 'Route');
    await reports(world, url, 'Action', post(url));
  });
}

/** @type {Case['run']} */
async function reactRouter(world) {
  const app = makeApp(world, 'react-router');
  await app.build('@react-router/dev/bin.cjs', ['build']);
  const server = ['node_modules/@react-router/serve/bin.cjs', 'build/server/index.js'];
  await app.serve(server, async (url) => {
    await reports(world, `${url}/tasks`, 'Route');
    await reports(world, `${url}/?index`, 'Action', post(url));
  });
}

/** @type {Case['run']} */
async function astro(world) {
  const app = makeApp(world, 'astro');
  await app.build('astro/bin/astro.mjs', ['build']);
  await app.serve(['dist/server/entry.mjs'], async (url) => {
    await reports(world, `${url}/tasks`, 'Route');
    await reports(world, url, 'Page');
  });
}

/** @type {Case['run']} */
async function nest(world) {
  const app = makeApp(world, 'nest');
  await app.build('@nestjs/cli/bin/nest.js', ['build']);
  await app.serve(['dist/src/main.js'], (url) => reports(world, `${url}/tasks`, 'Route'));
}

/** @type {Case[]} */
export const frameworks = [
  { name: 'Next.js, Turbopack', run: next('turbopack') },
  { name: 'Next.js, webpack', run: next('webpack') },
  {
    name: 'Next.js, standalone, moved',
    run: nextMoved({ NEXT_EXTERNAL: 'infinium-o2' }, 'native'),
  },
  { name: 'Next.js, standalone, moved, bundled', run: nextMoved({}, 'wasm') },
  { name: 'Nitro 3', run: nitro('nitro') },
  { name: 'Nitro 2', run: nitro('nitropack') },
  { name: 'SvelteKit, adapter-node', run: svelteKit },
  { name: 'React Router, framework mode', run: reactRouter },
  { name: 'Astro, adapter for Node.js', run: astro },
  { name: 'NestJS', run: nest },
];
