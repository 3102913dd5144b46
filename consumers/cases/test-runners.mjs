// Test runners: each runs a test that sends, in the realm or thread that it makes for tests.
import assert from 'node:assert/strict';
import { SENT, tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */

/** A test for runners that have a global `test`. @param {string} [title] */
const testFile = (title = 'test') => `
const { InfiniumClient, InfiniumError, getCurrentIsoDatetime } = require('infinium-o2');
${title}('sends', async () => {
  const client = new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });
  const task = { name: 'One', description: 'About', duration: 1, currentDatetime: getCurrentIsoDatetime() };
  const { successfulTasks } = await client.sendBatch([task, task]);
  const error = await client.sendTaskData({ ...task, duration: -1 }).catch((reason) => reason);
  if (!(error instanceof InfiniumError && error instanceof Error)) throw new Error('not of this realm: ' + error);
  await client.close();
  process.stdout.write('sent ' + successfulTasks + ' ' + (client.runtime ?? 'native'));
});
`;
const moduleFile = testFile().replace(
  /const (.+) = require\((.+)\);/,
  (_, names, name) => `import ${names} from ${name};`,
);

/** @param {string} output */
function assertSent(output) {
  assert.ok(output.includes(SENT), output);
}

/** @param {string} environment */
const jest =
  (environment) =>
  /** @type {Case['run']} */
  async (world) => {
    const folder = world.project({ 'one.test.js': testFile(), 'jest.config.js': '' });
    const args = [tool('jest', 'bin/jest.js'), '--env', environment, '--rootDir', folder];
    assertSent(await world.node(folder, ...args));
  };

/** @param {string} pool */
const vitest =
  (pool) =>
  /** @type {Case['run']} */
  async (world) => {
    const folder = world.project({ 'one.test.mjs': moduleFile });
    const args = [
      tool('vitest', 'vitest.mjs'),
      'run',
      '--globals',
      `--pool=${pool}`,
      '--root',
      folder,
    ];
    assertSent(await world.run(folder, tool('node-24', 'bin/node'), args));
  };

/** @type {Case['run']} */
async function mocha(world) {
  const folder = world.project({ 'one.test.cjs': testFile('it') });
  assertSent(await world.node(folder, tool('mocha', 'bin/mocha.js'), 'one.test.cjs'));
}

/** @type {Case['run']} */
async function nodeTest(world) {
  const code = `import test from 'node:test';\n${moduleFile}`;
  const folder = world.project({ 'one.test.mjs': code });
  assertSent(await world.node(folder, '--test'));
}

/** @type {Case[]} */
export const testRunners = [
  { name: 'node:test', quick: true, run: nodeTest },
  { name: 'Jest, node', run: jest('node') },
  {
    name: 'Jest, jsdom',
    run: (world) => jest(tool('jest-environment-jsdom', 'build/index.js'))(world),
  },
  { name: 'Vitest, forks', run: vitest('forks') },
  { name: 'Vitest, threads', run: vitest('threads') },
  { name: 'Vitest, vmThreads', run: vitest('vmThreads') },
  { name: 'mocha', run: mocha },
];
