// Programs that are traced without a line of their own: `node --import infinium-o2/register`, with OpenAI's client.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */
/** @typedef {import('../world.mjs').World} World */

/** Asks a model, which the program names. */
const body = `
const baseURL = process.env.INFINIUM_BASE_URL + '/openai';
const request = { model: process.argv[2], messages: [{ role: 'user', content: 'Hello?' }] };
new OpenAI({ apiKey: 'a-key', baseURL }).chat.completions.create(request)
  .then(({ choices }) => console.log(choices[0].message.content));
`;
const files = {
  'program.mjs': `import OpenAI from 'openai';${body}`,
  'program.cjs': `const { OpenAI } = require('openai');${body}`,
};

const env = { INFINIUM_AGENT_ID: 'an-agent', INFINIUM_AGENT_SECRET: 'a-secret-of-tests' };

/**
 * @param {World} world
 * @param {string} folder
 * @param {string} command
 * @param {string[]} args before the program
 * @param {string[]} [programs]
 */
async function traces(world, folder, command, args, programs = Object.keys(files)) {
  for (const file of programs) {
    assert.equal(await world.run(folder, command, [...args, file, file], env), 'Hello');
    const { llmUsage, llm_usage = llmUsage } = await world.arrival(`chat ${file}`);
    assert.equal(llm_usage.prompt_tokens, 3);
  }
}

/** The folder of OpenAI's client. Version 7 needs Node.js 22. @param {number} node */
function openai(node) {
  return path.dirname(tool(node < 22 ? 'openai-6' : 'openai', 'package.json'));
}

/** @param {World} world @param {number} node */
function project(world, node) {
  const folder = world.project(files);
  cpSync(openai(node), path.join(folder, 'node_modules/openai'), { recursive: true });
  return folder;
}

const IMPORT = ['--import', 'infinium-o2/register'];

/** @param {number} version */
const node =
  (version) =>
  /** @type {Case['run']} */
  (world) =>
    traces(world, project(world, version), tool(`node-${version}`, 'bin/node'), IMPORT);

/** Where pnpm puts packages, they are behind links. @param {number} version */
const pnpm =
  (version) =>
  /** @type {Case['run']} */
  async (world) => {
    const folder = world.folder({ ...files, 'package.json': '{ "private": true }' });
    const store = ['--store-dir', path.join(folder, 'store'), '--registry', world.registry];
    const packages = ['infinium-o2', `openai@file:${openai(version)}`];
    await world.node(folder, tool('pnpm', 'bin/pnpm.cjs'), 'add', ...store, ...packages);
    await traces(world, folder, tool(`node-${version}`, 'bin/node'), IMPORT);
  };

/** Bun has hooks for ES modules alone. @type {Case['run']} */
async function bun(world) {
  const args = ['--preload', 'infinium-o2/register'];
  const command = tool('@oven/bun-linux-x64-baseline', 'bin/bun');
  await traces(world, project(world, 24), command, args, ['program.mjs']);
}

/** Deno has none for ES modules. @type {Case['run']} */
async function deno(world) {
  const preload = ['--preload', 'npm:infinium-o2/register'];
  const args = ['run', '--allow-all', '--node-modules-dir=manual', ...preload];
  const command = tool('@deno/linux-x64-glibc', 'deno');
  await traces(world, project(world, 24), command, args, ['program.cjs']);
}

/** @type {Case[]} */
export const register = [
  ...[18, 20, 22, 24, 26].map((version) => ({
    name: `register, Node.js ${version}`,
    run: node(version),
  })),
  { name: 'register, Bun', run: bun },
  { name: 'register, Deno', run: deno },
  { name: 'register, pnpm', run: pnpm(24) },
  { name: 'register, pnpm, Node.js 18', run: pnpm(18) },
];
