/**
 * @param {(number | undefined)[]} values
 * @returns {number[]} the finite ones, in ascending order
 */
function sortFinite(values) {
  return values
    .filter((value) => value !== undefined)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
}

/**
 * @param {(number | undefined)[]} values
 * @returns {number | undefined} undefined if there are none
 */
export function median(values) {
  const sorted = sortFinite(values);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Half the distance between the quartiles, as a fraction of the median: the lower, the more reliable.
 *
 * @param {(number | undefined)[]} values
 */
export function spread(values) {
  const sorted = sortFinite(values);
  const middle = median(sorted);
  if (!middle || sorted.length < 3) return undefined;
  const at = (/** @type {number} */ part) => sorted[Math.round(part * (sorted.length - 1))];
  return (at(0.75) - at(0.25)) / 2 / middle;
}
