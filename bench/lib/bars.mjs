// The limits that a run must keep, and the goals.

/**
 * @typedef {object} Bar
 * @property {string} what
 * @property {'ratio' | 'ms' | 'MB' | 'count'} unit
 * @property {'max' | 'min'} bound whether `must` and `goal` are upper or lower limits
 * @property {number} must
 * @property {number} goal
 * @property {number | undefined} value
 */

/**
 * @param {import('./results.mjs').Results} results
 * @param {{ start: any, nodeFileMb: number | undefined }} more
 * @returns {Bar[]} without those that this run did not measure
 */
export function compare(results, { start, nodeFileMb }) {
  /** @type {Bar[]} */
  const bars = [];
  /**
   * @param {Bar['unit']} unit
   * @param {Bar['bound']} bound
   */
  const add = (unit, bound) => {
    return (
      /** @type {string} */ what,
      /** @type {number | undefined} */ value,
      /** @type {number} */ must,
      /** @type {number} */ goal,
    ) => bars.push({ what, unit, bound, must, goal, value });
  };
  const atMost = add('ratio', 'max');
  const atLeast = add('ratio', 'min');
  const ms = add('ms', 'max');
  const mb = add('MB', 'max');
  const count = add('count', 'max');
  const ratio = results.ratio.bind(results);

  for (const [kb, must, goal] of [
    [1, 4.5, 2.5],
    [8, 1.9, 1.4],
    [64, 1.4, 1.15],
  ]) {
    const value = ratio(`concurrent-${kb}`, 'main', 'batch', 'floor');
    atMost(`main-thread CPU / floor, sendBatch, ${kb} KB`, value, must, goal);
  }
  for (const [kb, must, goal] of [
    [1, 7, 4],
    [8, 2.2, 1.6],
  ]) {
    const value = ratio(`concurrent-${kb}`, 'main', 'single', 'floor');
    atMost(`main-thread CPU / floor, sendTaskData, ${kb} KB`, value, must, goal);
  }
  for (const [kb, must, goal] of [
    [1, 1.7, 2.5],
    [8, 1.8, 2.5],
    [64, 1.4, 2],
  ]) {
    const value = ratio(`concurrent-${kb}`, 'rate', 'batch', 'undici');
    atLeast(`traces per second / undici, sendBatch, ${kb} KB`, value, must, goal);
  }
  for (const [kb, must, goal] of [
    [1, 8, 15],
    [8, 6, 10],
    [64, 3, 5],
  ]) {
    const value = ratio(`concurrent-${kb}`, 'rate', 'batch', 'fetch');
    atLeast(`traces per second / fetch, sendBatch, ${kb} KB`, value, must, goal);
  }
  const single = ratio('concurrent-8', 'rate', 'single', 'undici');
  atLeast('traces per second / undici, sendTaskData, 8 KB', single, 1.4, 2);
  const sequential = ratio('sequential-8', 'rate', 'sequential', 'undici');
  atLeast('traces per second / undici, both sequential, 8 KB', sequential, 1.7, 2.5);
  const tls = ratio('tls-8', 'rate', 'batch', 'undici');
  atLeast('traces per second / undici, both over TLS, 8 KB', tls, 2, 3.5);
  const total = ratio('concurrent-8', 'total', 'batch', 'undici');
  atMost('total CPU / undici, sendBatch, 8 KB', total, 0.65, 0.4);

  ms('event-loop delay, 5,000 x 8 KB, p99', results.median('delay', 'batch', 'p99'), 6, 3.5);
  ms('event-loop delay, 5,000 x 8 KB, longest', results.median('delay', 'batch', 'max'), 15, 5);
  mb('growth of memory, 10,000 x 1 KB, peak', results.median('memory', 'batch', 'peak'), 20, 8);

  const burst = results.samples.burst?.burst;
  if (burst) {
    const lost = burst.reduce(
      (sum, { sent = 0, arrived = 0 }) => sum + Math.abs(sent - arrived),
      0,
    );
    count('20,000 un-awaited sends, lost', lost, 0, 0);
    const blocked = ratio('burst', 'max', 'burst', 'floor');
    atMost('20,000 un-awaited sends, loop blocked / floor', blocked, Number.POSITIVE_INFINITY, 1.5);
  }
  if (start) {
    ms('require and first client', start.ready, 5, 2.5);
    ms('process to first trace, beyond an empty one', start.beyond, 15, 6);
  }
  const threads = results.threads('batch');
  count('threads added', Number.isFinite(threads) ? threads : undefined, 4, 2);
  mb('.node file', nodeFileMb, 8, 5);
  return bars.filter(({ value }) => value !== undefined);
}

/**
 * @param {Bar} bar
 * @returns {'goal' | 'must' | 'missed'}
 */
export function verdict({ value = Number.NaN, bound, must, goal }) {
  const reaches = (/** @type {number} */ bar) => (bound === 'max' ? value <= bar : value >= bar);
  if (reaches(goal)) return 'goal';
  return reaches(must) ? 'must' : 'missed';
}
