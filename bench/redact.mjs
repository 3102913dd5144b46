// Measures what the option `redact` costs: the CPU time of the worker thread for each trace, with all presets and without.
//
// `node bench/redact.mjs [--rounds 5] [--kb 8]`. Both clients are in one process and take turns, batch by batch; the sink
// takes the traces over loopback. The ratio is calculated for each turn, and the median of all is shown.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BENCH, buildBinary } from './lib/setup.mjs';
import { Sink } from './lib/sink.mjs';
import { median as medianOf } from './lib/statistics.mjs';
import { makePool } from './lib/tasks.mjs';

const BATCH = 100;
const TURNS = 40;
/** Turns that warm up. */
const WARM = 10;
const PRESETS = ['email', 'phone', 'creditCard', 'iban', 'ip', 'jwt', 'apiKey', 'privateKey'];
const REDACT = { presets: [...PRESETS, 'urlCredentials'], keys: ['password'] };

/** Microseconds of CPU of the worker thread, which is the one that the addon has named. */
async function readWorker() {
  await sleep(3);
  const tasks = '/proc/self/task';
  const worker = readdirSync(tasks).find((id) =>
    readFileSync(`${tasks}/${id}/comm`, 'utf8').startsWith('infinium'),
  );
  if (worker === undefined) throw new Error('there is no worker thread');
  return Number(readFileSync(`${tasks}/${worker}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e3;
}

/**
 * @param {string} url
 * @param {number} kb
 */
async function measure(url, kb) {
  const { AsyncInfiniumClient } = createRequire(import.meta.url)(path.join(BENCH, '..'));
  const options = {
    agentId: 'agent-1',
    agentSecret: 'bench-secret-0123456789',
    baseUrl: url,
    enableRateLimiting: false,
    maxConcurrency: 16,
  };
  const clients = {
    plain: new AsyncInfiniumClient(options),
    redacting: new AsyncInfiniumClient({ ...options, redact: REDACT }),
  };
  const pool = makePool(kb * 1024, 'ascii');
  const tasks = Array.from({ length: BATCH }, (_, index) => pool[index % pool.length]);
  /** @type {Record<'plain' | 'redacting', number[]>} */
  const taken = { plain: [], redacting: [] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const name of /** @type {const} */ (['plain', 'redacting'])) {
      await clients[name].sendBatch([tasks[0]]);
      const before = await readWorker();
      for (let batch = 0; batch < 5; batch += 1) await clients[name].sendBatch(tasks);
      const time = ((await readWorker()) - before) / (5 * BATCH);
      if (turn >= WARM) taken[name].push(time);
    }
  }
  return taken;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    kb: { type: 'string', default: '8' },
    url: { type: 'string' },
  },
});
if (values.url) {
  console.log(JSON.stringify(await measure(values.url, Number(values.kb))));
  process.exit();
}
const sink = await Sink.start(buildBinary('infinium-bench-sink'));
/** @type {Record<'plain' | 'redacting', number[]>} */
const all = { plain: [], redacting: [] };
for (let round = 0; round < Number(values.rounds); round += 1) {
  const args = [fileURLToPath(import.meta.url), '--url', sink.url({ secure: false })];
  const { status, stdout } = spawnSync(process.execPath, [...args, '--kb', values.kb], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the measurement has failed');
  const taken = JSON.parse(stdout);
  all.plain.push(...taken.plain);
  all.redacting.push(...taken.redacting);
}
const median = (/** @type {number[]} */ values) => medianOf(values) ?? Number.NaN;
const ratios = all.redacting.map((time, turn) => time / all.plain[turn]);
console.log(`worker, µs per trace of ${values.kb} KB: ${median(all.plain).toPrecision(3)}`);
console.log(`with all presets: ${median(all.redacting).toPrecision(3)}`);
console.log(`ratio: ${median(ratios).toFixed(2)}`);
process.exit();
