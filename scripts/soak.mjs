// Runs the random tests for a long time: `node scripts/soak.mjs [minutes]`, 10 minutes by default.
//
// Property tests with many more cases, processes that are killed at any moment, and traffic through faults
// that change at random. It fails if a task is lost, if counts do not add up, or if memory grows.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

const minutes = Number(process.argv[2] ?? 10);
const task = { name: 'soak', description: 'about', duration: 1, outcome: 'x'.repeat(2_000) };

/** Idempotency keys of the tasks that the server has accepted, and the number of its requests. */
const accepted = new Set();
let requests = 0;

/** @type {Record<string, (request: any, response: any) => void>} */
const faults = {
  none: (request, response) => {
    accepted.add(request.headers['idempotency-key']);
    response.end('{}');
  },
  slow: (request, response) => setTimeout(() => faults.none(request, response), Math.random() * 50),
  broken: (_request, response) => response.writeHead(503).end('{}'),
  throttled: (_request, response) => response.writeHead(429, { 'retry-after': '1' }).end('{}'),
  reset: (request) => request.socket.resetAndDestroy(),
  // The task is stored, but no answer is sent.
  lost: (request) => {
    accepted.add(request.headers['idempotency-key']);
    request.socket.destroy();
  },
  cut: (request, response) => {
    accepted.add(request.headers['idempotency-key']);
    response.writeHead(200, { 'content-length': '99' }).write('{');
    setImmediate(() => response.destroy());
  },
  hang: () => {},
  garbage: (request) => request.socket.end('\0\0\r\n\r\n'),
};
const names = Object.keys(faults);
let fault = 'none';

const server = createServer((request, response) => {
  requests += 1;
  request.resume();
  request.on('end', () => {
    const mixed = fault === 'all' ? names[Math.floor(Math.random() * names.length)] : fault;
    faults[mixed](request, response);
  });
});

/** @param {import('../index.js').ClientStats} stats */
function assertConserved({ submitted, delivered, failed, dropped, pending }) {
  assert.equal(submitted, delivered + failed + dropped + pending);
}

/** @param {object} options */
async function traffic(options) {
  const { AsyncInfiniumClient } = createRequire(import.meta.url)('..');
  const client = new AsyncInfiniumClient(options);
  const traced = client.trace('traced', async (/** @type {number} */ index) => index);
  const end = Date.now() + minutes * 60_000;
  /** @type {number[]} */
  const sizes = [];
  let arrived = 0;
  accepted.clear();
  for (let round = 0; Date.now() < end; round += 1) {
    fault =
      Math.random() < 0.5
        ? 'none'
        : ['all', ...names][Math.floor(Math.random() * (names.length + 1))];
    const until = Math.min(end, Date.now() + Math.random() * 5_000);
    while (Date.now() < until) {
      for (let index = 0; index < 20; index += 1) client.enqueue(task);
      await traced(round);
      client
        .sendTaskData({ ...task, currentDatetime: new Date() }, { deadline: 500 })
        .catch(() => {});
      assertConserved(client.stats());
      await sleep(20);
    }
    // Let the client catch up from time to time, so that memory can be compared.
    if (round % 5 === 4) {
      fault = 'none';
      assert.equal(await client.flush({ timeout: 60_000 }), true, JSON.stringify(client.stats()));
      arrived += accepted.size;
      accepted.clear();
      globalThis.gc?.();
      sizes.push(process.memoryUsage().rss / 2 ** 20);
      const { submitted, delivered } = client.stats();
      console.log(`${delivered} of ${submitted} delivered, ${sizes.at(-1)?.toFixed(0)} MiB`);
    }
  }
  fault = 'none';
  assert.equal(await client.flush({ timeout: 60_000 }), true, JSON.stringify(client.stats()));
  const stats = client.stats();
  assertConserved(stats);
  assert.equal(stats.pending, 0);
  // Sends may fail if their caller learns of it, because their deadline was short.
  assert.equal(stats.dropped, 0);
  assert.ok(
    Object.keys(stats.failedByError).every((name) =>
      /^(Abort|Network|Timeout|Server|RateLimit)Error$/.test(name),
    ),
    JSON.stringify(stats),
  );
  arrived += accepted.size;
  assert.ok(arrived >= stats.delivered, `${arrived} arrived of ${stats.delivered}`);
  const [first, last] = [Math.max(...sizes.slice(0, 3)), Math.min(...sizes.slice(-3))];
  if (sizes.length >= 6) assert.ok(last < first + 16, `memory grew: ${sizes.map(Math.round)}`);
  await client.close();
}

/**
 * Sends many tasks from a generator: memory must not grow with their number.
 *
 * @param {object} options
 */
async function sendMany(options) {
  const { InfiniumClient } = createRequire(import.meta.url)('..');
  const client = new InfiniumClient(options);
  const count = 200_000;
  /** @type {number[]} */
  const sizes = [];
  fault = 'none';
  requests = 0;
  function* tasks() {
    for (let index = 0; index < count; index += 1) {
      if (index % 20_000 === 0) {
        accepted.clear();
        globalThis.gc?.();
        sizes.push(process.memoryUsage().rss / 2 ** 20);
      }
      yield { ...task, currentDatetime: new Date() };
    }
  }
  const { successfulTasks, failedTasks } = await client.sendAll(tasks());
  assert.deepEqual([successfulTasks, failedTasks, requests], [count, 0, count]);
  const [first, last] = [sizes[2], sizes.at(-1)].map(Number);
  assert.ok(last < first + 16, `memory grew: ${sizes.map(Math.round)}`);
  await client.close();
  console.log(`${count} tasks of a generator sent, ${Math.round(last)} MiB`);
}

/** @param {object} options */
async function kills(options) {
  const spoolDir = mkdtempSync(path.join(tmpdir(), 'infinium-soak-'));
  const { InfiniumClient } = createRequire(import.meta.url)('..');
  const code = `
    const { InfiniumClient } = require(${JSON.stringify(root)});
    const client = new InfiniumClient(${JSON.stringify({ ...options, spoolDir })});
    const task = ${JSON.stringify(task)};
    setInterval(() => {
      client.enqueue(task);
      process.stdout.write(client.stats().spool.refused === 0 ? '.' : '!');
    });`;
  let written = 0;
  const end = Date.now() + minutes * 20_000;
  accepted.clear();
  while (Date.now() < end) {
    fault = Math.random() < 0.5 ? 'none' : 'all';
    const child = spawn(process.execPath, ['--eval', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = new Promise((resolve) => child.once('close', resolve));
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    // Killed only after it has accepted something: otherwise a slow machine would test nothing.
    await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), closed]);
    await sleep(Math.random() * 200);
    child.kill('SIGKILL');
    await closed;
    assert.ok(!output.includes('!'));
    assert.ok(output.length > 0, 'the process ended before it accepted a task');
    written += output.length;
  }
  fault = 'none';
  const client = new InfiniumClient({ ...options, spoolDir });
  assert.equal(await client.flush({ timeout: 120_000 }), true);
  assert.equal(client.stats().spool.corrupted, 0);
  await client.close();
  // A process may be killed after a task was accepted and before it could write this.
  assert.ok(accepted.size >= written, `${written} accepted, ${accepted.size} arrived`);
  console.log(`${written} accepted by processes that were killed, all arrived`);
  rmSync(spoolDir, { recursive: true });
}

setup();
run('cargo', ['test', '--quiet', '--package', 'infinium-client', '--lib'], {
  PROPTEST_CASES: String(Math.round(minutes * 5_000)),
  INFINIUM_SIMULATION_RUNS: String(Math.round(minutes * 1_000)),
  // Other seeds each time; a failing one is printed.
  INFINIUM_SIMULATION_FIRST: String(Math.floor(Math.random() * 1e9)),
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const options = {
  agentId: 'soak-agent',
  agentSecret: 'soak-secret-0123456789',
  baseUrl: `http://127.0.0.1:${port}`,
  enableRateLimiting: false,
  retryDelay: 10,
  maxRetryDelay: 500,
  timeout: 1_000,
};
await sendMany(options);
await kills(options);
await traffic(options);
server.closeAllConnections();
server.close();
console.log(`Nothing was lost. ${requests} requests.`);
