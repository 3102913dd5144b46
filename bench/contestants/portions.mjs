/** Number of traces that an SDK with a queue is given between two flushes. */
export const PORTION = 500;

/**
 * For SDKs that put traces in a queue and send them in the background: adds no more at a time than any of
 * these queues holds, because they drop the rest.
 *
 * @param {(task: object) => void} add
 * @param {() => Promise<unknown>} flush
 */
export function inPortions(add, flush) {
  return async (/** @type {object[]} */ pool, /** @type {number} */ count) => {
    for (let first = 0; first < count; first += PORTION) {
      const last = Math.min(count, first + PORTION);
      for (let index = first; index < last; index += 1) add(pool[index % pool.length]);
      await flush();
    }
    return count;
  };
}
