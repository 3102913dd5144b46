// How each figure is taken, inside the process that is measured.

import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const LINUX = process.platform === 'linux';

/** Microseconds of CPU that the main thread has used; undefined where the system does not count them. */
function mainThreadCpu() {
  if (!LINUX) return undefined;
  const text = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8');
  return Number(text.split(' ', 1)[0]) / 1e3;
}

/** Microseconds of CPU that all threads have used. */
function totalCpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** A line of /proc/self/status, as a number. */
function status(/** @type {string} */ name) {
  if (!LINUX) return undefined;
  const line = readFileSync('/proc/self/status', 'utf8').match(
    new RegExp(`^${name}:\\s+(\\d+)`, 'm'),
  );
  return line ? Number(line[1]) : undefined;
}

/** Threads of this process. */
export const threads = () => status('Threads');

/**
 * Reads the CPU time after a short sleep, because the kernel updates the time of a running thread only
 * when it schedules the thread again.
 */
async function readCpu() {
  await sleep(3);
  return { main: mainThreadCpu(), total: totalCpu() };
}

/** Collects the garbage of earlier work, if Node.js was started with --expose-gc. */
function settle() {
  globalThis.gc?.();
}

/** Collects garbage until the process returns no more memory to the system. */
async function settleMemory() {
  let before = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round += 1) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await sleep(30);
    const now = status('VmRSS') ?? 0;
    if (now >= before) return;
    before = now;
  }
}

/**
 * Measures CPU time and wall time.
 *
 * @param {() => Promise<void>} work
 * @returns {Promise<{ main?: number, total: number, wall: number }>} microseconds
 */
export async function measureCpu(work) {
  settle();
  const before = await readCpu();
  const started = performance.now();
  await work();
  const wall = (performance.now() - started) * 1e3;
  const after = await readCpu();
  return {
    main:
      after.main === undefined || before.main === undefined ? undefined : after.main - before.main,
    total: after.total - before.total,
    wall,
  };
}

/**
 * Measures how long the event loop is blocked. The histogram holds the time from one tick of a 1 ms
 * timer to the next, so an idle loop shows 1 ms.
 *
 * @param {() => Promise<void>} work
 * @returns {Promise<{ p50: number, p99: number, max: number }>} milliseconds
 */
export async function measureDelay(work) {
  settle();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The first ticks only set the clock of the histogram: a block right after would be missed.
  for (let tick = 0; tick < 5; tick += 1) await sleep(2);
  delay.reset();
  await sleep(2);
  await work();
  // A block at the very end is seen by the tick after it.
  await sleep(3);
  delay.disable();
  return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
}

/**
 * Measures the growth of resident memory: the peak during the work, and what remains after it.
 *
 * @param {() => Promise<void>} work
 * @returns {Promise<{ peak?: number, kept?: number }>} MB of 10^6 bytes
 */
export async function measureMemory(work) {
  await settleMemory();
  // Sets the peak back to what is in use now.
  if (LINUX) writeFileSync('/proc/self/clear_refs', '5');
  const before = status('VmRSS');
  await work();
  const peak = status('VmHWM');
  await settleMemory();
  const after = status('VmRSS');
  if (before === undefined || peak === undefined || after === undefined) return {};
  return { peak: ((peak - before) * 1024) / 1e6, kept: ((after - before) * 1024) / 1e6 };
}
