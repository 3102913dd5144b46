// Runtimes: each runs programs with the package that npm has installed.
import assert from 'node:assert/strict';
import { commonProgram, moduleProgram, SENT, tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */

const files = { 'program.cjs': commonProgram(), 'program.mjs': moduleProgram() };

/**
 * @param {() => string} command
 * @param {...string} args before the program
 * @returns {Case['run']}
 */
const programs =
  (command, ...args) =>
  async (world) => {
    const folder = world.project(files);
    for (const file of Object.keys(files)) {
      assert.equal(await world.run(folder, command(), [...args, file]), SENT);
    }
  };

/** @param {number} version */
const node = (version) => programs(() => tool(`node-${version}`, 'bin/node'));
const bun = () => tool('@oven/bun-linux-x64-baseline', 'bin/bun');
const deno = () => tool('@deno/linux-x64-glibc', 'deno');
/** What docs/consumers.md says. */
const ALLOWED = ['--allow-ffi', '--allow-read', '--allow-env'];

/** @type {Case[]} */
export const runtimes = [
  { name: 'Node.js 18', quick: true, run: node(18) },
  { name: 'Node.js 20', run: node(20) },
  { name: 'Node.js 22', run: node(22) },
  { name: 'Node.js 24', run: node(24) },
  { name: 'Node.js 26', quick: true, run: node(26) },
  { name: 'Bun', quick: true, run: programs(bun, 'run') },
  { name: 'Deno', run: programs(deno, 'run', ...ALLOWED, '--node-modules-dir=manual') },
];
