'use strict';

// Taken once: fake timers replace them later, and a duration of theirs would tell nothing.
const { hrtime } = process;
const now = hrtime.bigint;

/** The longest duration of a task, in seconds. */
const MAX_SECONDS = 86_400;

/**
 * @param {bigint} nanoseconds
 * @returns {number} whole milliseconds
 */
function toMilliseconds(nanoseconds) {
  return Math.max(0, Math.round(Number(nanoseconds) / 1e6));
}

/**
 * @param {bigint} nanoseconds
 * @returns {number} seconds to three decimals, 0 to 86,400
 */
function toSeconds(nanoseconds) {
  return Math.min(MAX_SECONDS, toMilliseconds(nanoseconds) / 1000);
}

module.exports = { now, toMilliseconds, toSeconds };
