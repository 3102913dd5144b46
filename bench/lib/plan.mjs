// What is measured: scenarios, each a table or a part of one.

/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string[]} contestants in the order in which each round runs them
 * @property {'cpu' | 'delay' | 'memory'} measure
 * @property {number} kb of JSON.stringify(task), in units of 1,024 bytes
 * @property {'ascii' | 'emoji'} text
 * @property {number} count traces of a contestant whose pace is 1
 * @property {boolean} exact all contestants send `count`, regardless of their pace
 * @property {number} warm traces before measuring, as a fraction of those measured
 * @property {number} inFlight
 * @property {number} clients
 * @property {boolean} secure over TLS
 * @property {number} latency of the sink, ms
 * @property {number} rounds
 */

/** Traces that take the fastest about half a second. */
const COUNTS = { 1: 20_000, 8: 10_000, 64: 2_000 };

const OURS = ['batch', 'batches', 'single', 'enqueue'];
const BATCHING = ['opentelemetry', 'posthog', 'langfuse', 'langfuse3', 'langsmith'];

/**
 * @param {{ quick: boolean, long: boolean, rounds?: number, python: boolean }} options
 * @returns {Scenario[]}
 */
export function plan({ quick, long, rounds = quick ? 3 : 5, python }) {
  const scale = quick ? 0.3 : 1;
  /**
   * @param {Partial<Scenario> & { id: string }} given
   * @returns {Scenario}
   */
  const scenario = (given) => {
    const { kb = 8, exact = false } = given;
    const count = given.count ?? COUNTS[/** @type {8} */ (kb)];
    return {
      title: given.id,
      contestants: [],
      measure: 'cpu',
      text: 'ascii',
      warm: 0.2,
      inFlight: 16,
      clients: 1,
      secure: false,
      latency: 0,
      rounds,
      ...given,
      kb,
      exact,
      count: exact ? count : count * scale,
    };
  };
  const sizes = [1, 8, 64];
  const byHand = ['undici', 'fetch'];
  const rivals = quick ? ['opentelemetry'] : ['bare', ...BATCHING, ...(python ? ['python'] : [])];
  const all = [
    ...sizes.map((kb) => {
      const contestants = ['floor', ...OURS, 'trace', ...byHand, ...rivals, 'limit'];
      return scenario({ id: `concurrent-${kb}`, kb, contestants });
    }),
    ...(quick ? [8] : sizes).map((kb) => {
      const contestants = ['floor', 'batch', 'single', ...byHand];
      return scenario({ id: `emoji-${kb}`, kb, text: 'emoji', contestants });
    }),
    ...(quick ? [8] : sizes).map((kb) => {
      const contestants = ['sequential', ...byHand];
      return scenario({ id: `sequential-${kb}`, kb, contestants, inFlight: 1 });
    }),
    ...(quick ? [8] : [1, 8]).map((kb) => {
      const contestants = ['batch', 'single', ...byHand];
      return scenario({ id: `tls-${kb}`, kb, contestants, secure: true });
    }),
    ...(quick ? [] : [1, 8]).map((kb) => {
      const contestants = ['floor', ...OURS, ...byHand];
      const count = 800;
      return scenario({ id: `latency-${kb}`, kb, contestants, latency: 20, count, exact: true });
    }),
    scenario({
      id: 'delay',
      measure: 'delay',
      contestants: [...OURS, ...byHand, ...(quick ? [] : BATCHING.slice(0, 3))],
      count: 5_000,
      exact: true,
    }),
    scenario({
      id: 'memory',
      kb: 1,
      measure: 'memory',
      contestants: ['floor', 'batch', 'single', ...byHand, ...(quick ? [] : BATCHING.slice(0, 3))],
      count: 10_000,
      exact: true,
      // One batch only, so that the memory of connections and buffers counts as growth.
      warm: 0.01,
    }),
    scenario({
      id: 'burst',
      kb: 1,
      measure: 'delay',
      contestants: ['floor', 'burst'],
      count: 20_000,
      exact: true,
      warm: 0.05,
    }),
  ];
  return quick ? all : [...all, ...flat(scenario, { long })];
}

/**
 * Scenarios that show whether the cost of a trace stays the same as the number of traces, requests in
 * flight, clients or bytes grows.
 *
 * @param {(given: Partial<Scenario> & { id: string }) => Scenario} scenario
 * @param {{ long: boolean }} options
 * @returns {Scenario[]}
 */
function flat(scenario, { long }) {
  const shared = { kb: 1, rounds: 3, exact: true };
  const counts = [100, 1_000, 10_000, 100_000];
  return [
    ...[...counts, ...(long ? [1_000_000] : [])].map((count) => {
      const contestants = ['floor', 'batch'];
      // A short run needs a long warm-up, or it would measure the compiler.
      const warm = Math.max(0.02, 1_000 / count);
      const measured = { ...shared, count, warm, rounds: count >= 1e6 ? 1 : 3 };
      return scenario({ ...measured, id: `count-${count}`, contestants });
    }),
    ...[1, 4, 16, 64, 256].map((inFlight) => {
      const contestants = ['floor', 'batch', 'single'];
      return scenario({
        ...shared,
        id: `in-flight-${inFlight}`,
        count: 10_000,
        inFlight,
        contestants,
      });
    }),
    ...[1, 2, 4, 8, 16].map((clients) => {
      const contestants = ['floor', 'batch'];
      return scenario({ ...shared, id: `clients-${clients}`, count: 16_000, clients, contestants });
    }),
    ...[0.25, 1, 4, 16, 64, 256, 900].map((kb) => {
      const contestants = ['floor', 'batch', 'undici', 'opentelemetry', 'fetch'];
      const count = Math.min(20_000, Math.ceil(40_000 / kb / 100) * 100);
      return scenario({ id: `size-${kb}`, kb, count, rounds: 3, contestants });
    }),
  ];
}
