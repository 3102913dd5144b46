// One contestant, one measurement, one process: reads a job from its argument, prints one line.

import { CONTESTANTS } from './contestants/index.mjs';
import { measureCpu, measureDelay, measureMemory, threads } from './lib/measure.mjs';
import { makePool } from './lib/tasks.mjs';

const MEASURES = { cpu: measureCpu, delay: measureDelay, memory: measureMemory };

const job = JSON.parse(process.argv[2]);
const threadsBefore = threads();
const { module, options } = CONTESTANTS[job.contestant];
const { make } = await import(`./contestants/${module}.mjs`);
const contestant = await make({ ...options, ...job });
const pool = makePool(job.bytes, job.text);

let delivered = await contestant.send(pool, job.warm);
const figures = await MEASURES[job.measure](async () => {
  delivered += await contestant.send(pool, job.count);
});
const threadsAfter = threads();
await contestant.close?.();

const result = { sent: job.warm + job.count, delivered, ...figures };
if (threadsAfter !== undefined) result.threads = threadsAfter - threadsBefore;
process.stdout.write(`${JSON.stringify(result)}\n`);
// Some of the rivals leave timers behind.
process.exitCode = 0;
setTimeout(() => process.exit(), 100).unref();
