// What the benchmarks of integrations have in common: how they load packages, where they send traces, and how they
// measure.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * @param {string} example whose packages are used
 * @returns {(name: string) => Promise<any>}
 */
export function loader(example) {
  const agent = new URL(`../../examples/${example}/agent.mjs`, import.meta.url);
  const { resolve } = createRequire(agent);
  return (name) => import(pathToFileURL(resolve(name)).href);
}

/** Loads a package of bench/, which `npm ci --prefix bench` installs: what others make to trace the same framework. */
export function loadRival(/** @type {string} */ name) {
  const { resolve } = createRequire(new URL('../package.json', import.meta.url));
  return import(pathToFileURL(resolve(name)).href);
}

const { JsonTraceSerializer } = await loadRival('@opentelemetry/otlp-transformer');

/** An exporter of OpenTelemetry that writes what it gets as the one for HTTP does, and drops that. */
export const dropping = {
  export(/** @type {any} */ spans, /** @type {any} */ done) {
    JsonTraceSerializer.serializeRequest(spans);
    done({ code: 0 });
  },
  shutdown: async () => {},
};

const worker = new Worker(new URL('./sink.mjs', import.meta.url));
worker.unref();
/** A server of this machine that takes everything, in another thread. @type {string} */
export const sink = await new Promise((resolve) => worker.once('message', resolve));

/** The options of a client that sends to the sink. */
export const OPTIONS = {
  agentId: '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e',
  agentSecret: 'golden-secret-0123456789',
  baseUrl: sink,
  requestsPerSecond: 10_000,
};

/** The mean of the middle half: the clock of the processor is coarse, and other programs disturb some rounds. */
function typical(/** @type {number[]} */ values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(sorted.length >> 2, sorted.length - (sorted.length >> 2));
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** A run, and what waits until all that it has recorded has been handed over. @typedef {(() => unknown) | [() => unknown, () => unknown]} Kind */

/**
 * Measures the time of the main thread for each call, of several kinds of runs in turns, and prints it beside the first.
 *
 * @param {string} title
 * @param {Record<string, Kind>} kinds
 * @param {{ calls: number, runs?: number, rounds?: number }} size calls of models and tools in a run, runs in a round
 */
export async function compare(title, kinds, { calls, runs = 10, rounds = 60 }) {
  const wanted = process.env.ONLY?.split(';');
  const all = Object.entries(kinds).filter(([kind]) => wanted?.includes(kind) ?? true);
  /** @type {Map<string, number[]>} */
  const times = new Map(all.map(([kind]) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, what] of all) {
      const [run, settle] = typeof what === 'function' ? [what] : what;
      const before = process.threadCpuUsage();
      for (let n = 0; n < runs; n += 1) await run();
      await settle?.();
      const { user, system } = process.threadCpuUsage(before);
      if (round >= rounds / 3) times.get(kind)?.push((user + system) / runs / calls);
    }
  }
  const alone = typical([...times.values()][0]);
  for (const [kind, values] of times) {
    const time = typical(values);
    const more = (time - alone).toFixed(1);
    console.log(`${title}: ${kind}: ${time.toFixed(1)} µs a call (${more} µs more)`);
  }
}
