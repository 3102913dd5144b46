'use strict';

const { ValidationError } = require('../bridge/errors');

/** Tasks in a batch at most. */
const MAX_BATCH_SIZE = 100;

/**
 * @param {string} field
 * @param {string} problem
 * @param {unknown} [cause]
 * @returns {never}
 */
function invalid(field, problem, cause) {
  throw new ValidationError(`${field} ${problem}`, { field, cause });
}

/**
 * Reads options by name; those that are missing or null are undefined.
 *
 * @template {string} Name
 * @param {unknown} options
 * @param {Name[]} names
 * @returns {Record<Name, any>}
 */
function readOptions(options, ...names) {
  const given = options ?? {};
  if (typeof given !== 'object') invalid('options', `must be an object (got ${typeof given})`);
  const read = (/** @type {Name} */ name) => {
    try {
      return /** @type {any} */ (given)[name] ?? undefined;
    } catch (error) {
      return invalid(name, 'cannot be read: its getter threw', error);
    }
  };
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, read(name)])));
}

/**
 * @param {unknown} options
 * @returns {{ signal?: import('../../index').AbortSignalLike, deadline?: number }}
 */
function readSendOptions(options) {
  // Most calls have none, and this is on the way of every one of them.
  if (options === undefined || options === null) return {};
  const { signal, deadline } = readOptions(options, 'signal', 'deadline');
  if (signal !== undefined && !isSignal(signal)) invalid('signal', 'must be an AbortSignal');
  if (deadline !== undefined) readDuration('deadline', deadline);
  return { signal, deadline };
}

/** @param {any} signal */
function isSignal(signal) {
  try {
    const { addEventListener, removeEventListener } = signal;
    return typeof addEventListener === 'function' && typeof removeEventListener === 'function';
  } catch {
    return false;
  }
}

/**
 * @param {unknown} options of a flush
 * @returns {number | undefined} milliseconds
 */
function readFlushTimeout(options) {
  const { timeout } = readOptions(options, 'timeout');
  // No time at all is a question as well: is everything done already?
  return timeout === 0 || timeout === undefined ? timeout : readDuration('timeout', timeout);
}

/**
 * @param {unknown} options
 * @returns {ReturnType<typeof readSendOptions> & { onProgress?: (done: number, total: number) => void }}
 */
function readBatchOptions(options) {
  const { onProgress } = readOptions(options, 'onProgress');
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    invalid('onProgress', `must be a function (got ${typeof onProgress})`);
  }
  return { ...readSendOptions(options), onProgress };
}

/**
 * @param {unknown} options an object, or the timeout
 * @param {unknown} interval the poll interval, after a timeout
 */
function readWaitOptions(options, interval) {
  const given = typeof options === 'number' ? { timeout: options } : options;
  const { timeout, pollInterval } = readOptions(given, 'timeout', 'pollInterval');
  return {
    timeout: readDuration('timeout', timeout ?? 120_000),
    pollInterval: readDuration('pollInterval', pollInterval ?? interval ?? 3_000),
    ...readSendOptions(given),
  };
}

/**
 * @param {string} field
 * @param {unknown} value
 * @returns {number} milliseconds
 */
function readDuration(field, value) {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    return invalid(
      field,
      `must be a finite number of milliseconds, more than 0 (got ${String(value)})`,
    );
  }
  return value;
}

/**
 * @param {string} field
 * @param {unknown} value
 * @returns {string}
 */
function readString(field, value) {
  if (typeof value !== 'string') return invalid(field, `must be a string (got ${typeof value})`);
  return value;
}

/**
 * @param {unknown} version
 * @returns {string} the native client says which are good
 */
function readVersion(version) {
  if (version === undefined || version === null) return 'latest';
  if (typeof version === 'string' || Number.isSafeInteger(version)) return String(version);
  return invalid('version', `must be a positive integer or 'latest' (got ${String(version)})`);
}

/**
 * @param {unknown} variables
 * @returns {Record<string, string> | undefined}
 */
function readVariables(variables) {
  if (variables === undefined || variables === null) return undefined;
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    return invalid('variables', 'must be an object of names and values');
  }
  // Without a prototype, so that no name means something else.
  /** @type {Record<string, string>} */
  const texts = Object.create(null);
  for (const [name, value] of entries(variables)) {
    if (value === undefined || value === null) continue;
    if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
      invalid(`variables.${name}`, `must be a string, number or boolean (got ${typeof value})`);
    }
    texts[name] = String(value);
  }
  return texts;
}

/** @param {object} variables */
function entries(variables) {
  try {
    return Object.entries(variables);
  } catch (error) {
    return invalid('variables', 'cannot be read: a getter threw', error);
  }
}

module.exports = {
  MAX_BATCH_SIZE,
  invalid,
  readBatchOptions,
  readFlushTimeout,
  readSendOptions,
  readString,
  readVariables,
  readVersion,
  readWaitOptions,
};
