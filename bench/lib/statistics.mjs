/**
 * @param {(number | undefined)[]} values
 * @returns {number | undefined} undefined if there are none
 */
export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Half of the distance between the quartiles, as a part of the median: how much to trust it.
 *
 * @param {(number | undefined)[]} values
 */
export function spread(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const middle = median(sorted);
  if (!middle || sorted.length < 3) return undefined;
  const at = (/** @type {number} */ part) => sorted[Math.round(part * (sorted.length - 1))];
  return (at(0.75) - at(0.25)) / 2 / middle;
}
