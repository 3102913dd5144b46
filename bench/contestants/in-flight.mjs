/**
 * Runs `one` with each number from 0 to `count - 1`, `width` of them at a time.
 *
 * @param {number} count
 * @param {number} width
 * @param {(index: number) => Promise<unknown>} one
 */
export async function inFlight(count, width, one) {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await one(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}
