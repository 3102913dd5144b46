// One contestant, one measurement, one process: reads a job from its argument, prints one line.

import { CONTESTANTS } from './contestants/index.mjs';
import { measureCpu, measureDelay, measureMemory, threads } from './lib/measure.mjs';
import { makePool } from './lib/tasks.mjs';

/** @type {Record<string, (work: () => Promise<void>) => Promise<object>>} */
const MEASURES = { cpu: measureCpu, delay: measureDelay, memory: measureMemory };

/** @type {import('./contestants/index.mjs').Job} */
const job = JSON.parse(process.argv[2]);
const threadsBefore = threads();
const { module, options } = CONTESTANTS[job.contestant];
const { make } = await import(`./contestants/${module}.mjs`);
/** @type {import('./contestants/index.mjs').Contestant} */
const contestant = await make({ ...options, ...job });
const pool = makePool(job.bytes, job.text);

let delivered = await contestant.send(pool, job.warm);
const figures = await MEASURES[job.measure](async () => {
  delivered += await contestant.send(pool, job.count);
});
const threadsAfter = threads();
await contestant.close?.();

const result = { sent: job.warm + job.count, delivered, ...figures, threads: threadsAdded() };
process.stdout.write(`${JSON.stringify(result)}\n`);
// Some of the rivals leave timers behind.
process.exitCode = 0;
setTimeout(() => process.exit(), 100).unref();

/** @returns {number | undefined} undefined where the system does not count them */
function threadsAdded() {
  if (threadsAfter === undefined || threadsBefore === undefined) return undefined;
  return threadsAfter - threadsBefore;
}
