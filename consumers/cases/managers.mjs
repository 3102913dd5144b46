// Package managers: each installs the package from a registry, and a program sends with it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { commonProgram, moduleProgram, SENT, tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */

const files = {
  'package.json': '{ "private": true }',
  'program.cjs': commonProgram(),
  'program.mjs': moduleProgram(),
};

/** @type {Case['run']} */
async function npm(world) {
  const folder = world.project(files);
  assert.equal(await world.node(folder, 'program.cjs'), SENT);
  const scope = path.join(folder, 'node_modules', '@infinium-o2');
  assert.equal(readdirSync(scope).length, 1, 'npm has installed addons of other platforms');
}

/** The program of the package, as npx finds it. @type {Case['run']} */
async function npx(world) {
  const folder = world.project({
    ...files,
    'tasks.jsonl': `${JSON.stringify({
      name: 'One',
      description: 'About',
      duration: 1,
      currentDatetime: '2026-11-23T09:30:00Z',
    })}\n`,
  });
  const npx = (/** @type {string[]} */ ...args) =>
    world.run(folder, 'npx', ['--no-install', 'infinium-o2', ...args], {
      INFINIUM_AGENT_ID: 'an-agent',
      INFINIUM_AGENT_SECRET: 'a-secret-of-tests',
    });
  assert.match(await npx('--version'), /^\d+\.\d+\.\d+/);
  assert.match(await npx('send', 'tasks.jsonl'), /^Sent 1 task /);
}

/** @type {Case['run']} */
async function npmFromLock(world) {
  const folder = world.project(files);
  await world.run(folder, 'npm', ['ci', ...world.npmOptions]);
  assert.equal(await world.node(folder, 'program.mjs'), SENT);
}

/** @type {Case['run']} */
async function pnpm(world) {
  const folder = world.folder(files);
  const store = ['--store-dir', path.join(folder, 'store'), '--registry', world.registry];
  await world.node(folder, tool('pnpm', 'bin/pnpm.cjs'), 'add', ...store, 'infinium-o2');
  assert.ok(!existsSync(path.join(folder, 'node_modules/@infinium-o2')), 'it is not isolated');
  assert.equal(await world.node(folder, 'program.cjs'), SENT);
  assert.equal(await world.node(folder, 'program.mjs'), SENT);
}

/** @type {Case['run']} */
async function bun(world) {
  const folder = world.folder(files);
  const command = tool('@oven/bun-linux-x64-baseline', 'bin/bun');
  const cache = ['--cache-dir', path.join(folder, 'cache'), '--registry', world.registry];
  await world.run(folder, command, ['add', ...cache, 'infinium-o2']);
  assert.equal(await world.node(folder, 'program.cjs'), SENT);
}

/** @param {'pnp' | 'node-modules'} linker */
const yarn =
  (linker) =>
  /** @type {Case['run']} */
  async (world) => {
    const settings = [
      `nodeLinker: ${linker}`,
      `npmRegistryServer: "${world.registry}"`,
      'unsafeHttpWhitelist: ["127.0.0.1"]',
      'enableGlobalCache: false',
      'enableTelemetry: false',
      'npmMinimalAgeGate: 0',
      // For the program that is an ES module.
      `pnpEnableEsmLoader: ${linker === 'pnp'}`,
    ];
    const folder = world.folder({
      ...files,
      '.yarnrc.yml': `${settings.join('\n')}\n`,
      'yarn.lock': '',
    });
    const command = tool('@yarnpkg/cli-dist', 'bin/yarn.js');
    await world.node(folder, command, 'add', 'infinium-o2');
    assert.equal(await world.node(folder, command, 'node', 'program.cjs'), SENT);
    assert.equal(await world.node(folder, command, 'node', 'program.mjs'), SENT);
  };

/** @type {Case[]} */
export const managers = [
  { name: 'npm', quick: true, run: npm },
  { name: 'npm ci', quick: true, run: npmFromLock },
  { name: 'npx', quick: true, run: npx },
  { name: 'pnpm', quick: true, run: pnpm },
  { name: 'Bun as package manager', quick: true, run: bun },
  { name: 'Yarn 4, node-modules', run: yarn('node-modules') },
  { name: 'Yarn 4, Plug’n’Play', run: yarn('pnp') },
];
