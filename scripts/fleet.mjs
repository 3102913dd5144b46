// Real processes that share the limit of one platform: `node scripts/fleet.mjs [processes] [seconds]`.
//
// They all start to send when the last one is ready: on a small machine that takes longer than the whole measurement.
// Prints how many requests were refused, how much of the limit was used, and how fair it was. See docs/fleets.md.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { buildPackage } from './build.mjs';
import { installPackages } from './packages.mjs';
import { root } from './run.mjs';

/** Requests per second that the platform accepts, and how many at once. */
const LIMIT = 50;
const DEPTH = 5;
/** Not counted: the fleet finds its rates. */
const WARM_UP_MS = 20_000;

const [processes = 40, seconds = 40] = process.argv.slice(2).map(Number);

/** What a process of the fleet runs: batches, one after the other. */
const program = `
  const { AsyncInfiniumClient } = require(${JSON.stringify(root)});
  const [, baseUrl, id] = process.argv;
  const client = new AsyncInfiniumClient({
    agentId: 'agent-' + id, agentSecret: 'fleet-secret-0123456789', baseUrl,
    requestsPerSecond: 50, quiet: true, exitTimeout: 0,
  });
  let failed = 0;
  const run = async () => {
    for (let round = 0; ; round += 1) {
      const tasks = Array.from({ length: 20 }, (_, index) => ({
        name: 'Task ' + index, description: 'x', duration: 1, currentDatetime: new Date().toISOString(),
      }));
      const { failedTasks } = await client.sendBatch(tasks).catch((error) => error);
      failed += failedTasks;
    }
  };
  process.on('message', (message) => {
    if (message === 'start') return run();
    process.send(failed, () => process.exit());
  });
  process.send('ready');`;

installPackages();
buildPackage('quick');

let tokens = DEPTH;
let refilled = performance.now();
let began = Number.POSITIVE_INFINITY;
const counts = { accepted: 0, refused: 0 };
/** @type {Map<string, number>[]} accepted tasks of each process, in windows of 20 s */
const windows = [];

const server = createServer((request, response) => {
  const now = performance.now();
  tokens = Math.min(DEPTH, tokens + ((now - refilled) / 1000) * LIMIT);
  refilled = now;
  const accepts = tokens >= 1;
  if (accepts) tokens -= 1;
  if (now >= began) {
    counts[accepts ? 'accepted' : 'refused'] += 1;
    const index = Math.floor((now - began) / 20_000);
    windows[index] ??= new Map();
    const agent = String(request.headers['x-agent-id']);
    if (accepts) windows[index].set(agent, (windows[index].get(agent) ?? 0) + 1);
  }
  request.resume();
  request.on('end', () => {
    response.writeHead(accepts ? 200 : 429, { 'content-type': 'application/json' });
    response.end('{}');
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const fleet = Array.from({ length: processes }, (_, index) =>
  fork('/dev/null', [], {
    execArgv: ['--eval', program, `http://127.0.0.1:${port}`, String(index)],
  }),
);
/** @returns {Promise<unknown[]>} the next message of each process */
const answers = () =>
  Promise.all(fleet.map((child) => new Promise((resolve) => child.once('message', resolve))));
/** @param {string} message */
const tell = (message) => fleet.forEach((child) => void child.send(message));
await answers();
tell('start');
began = performance.now() + WARM_UP_MS;
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS + seconds * 1000));
const end = { ...counts };
const ended = answers();
tell('end');
const failed = await ended;
server.closeAllConnections();
server.close();

const fairness = windows.slice(0, Math.floor(seconds / 20)).map((window) => {
  const shares = fleet.map((_, index) => window.get(`agent-${index}`) ?? 0);
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return (sum * sum) / (shares.length * squares);
});
console.log({
  processes,
  refusedPerAccepted: Number((end.refused / end.accepted).toFixed(2)),
  usedOfLimit: Number((end.accepted / (LIMIT * seconds)).toFixed(2)),
  jain: fairness.map((index) => Number(index.toFixed(2))),
  failedTasks: failed.map(Number).reduce((total, count) => total + count, 0),
});
