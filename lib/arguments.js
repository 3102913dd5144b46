'use strict';

const { ValidationError } = require('./errors');

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
 * @param {unknown} options
 * @returns {Record<string, any>}
 */
function readOptions(options) {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object') invalid('options', `must be an object (got ${typeof options})`);
  return options;
}

/**
 * @param {unknown} options
 * @returns {{ signal?: import('../index').AbortSignalLike, deadline?: number }}
 */
function readSendOptions(options) {
  const given = readOptions(options);
  const signal = given.signal ?? undefined;
  if (signal !== undefined) {
    const works = typeof signal === 'object' && typeof signal.addEventListener === 'function';
    if (!works) invalid('signal', 'must be an AbortSignal');
  }
  const deadline = given.deadline ?? undefined;
  if (deadline !== undefined) readDuration('deadline', deadline);
  return { signal, deadline };
}

/**
 * @param {unknown} options of a flush
 * @returns {number | undefined} milliseconds
 */
function readFlushTimeout(options) {
  const timeout = readOptions(options).timeout ?? undefined;
  // No time at all is a question as well: is everything done already?
  return timeout === 0 || timeout === undefined ? timeout : readDuration('timeout', timeout);
}

/**
 * @param {unknown} options
 * @returns {ReturnType<typeof readSendOptions> & { onProgress?: (done: number, total: number) => void }}
 */
function readBatchOptions(options) {
  const onProgress = readOptions(options).onProgress ?? undefined;
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
  const given =
    typeof options === 'number'
      ? { timeout: options, pollInterval: interval }
      : readOptions(options);
  return {
    timeout: readDuration('timeout', given.timeout ?? 120_000),
    pollInterval: readDuration('pollInterval', given.pollInterval ?? interval ?? 3_000),
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
  /** @type {Record<string, string>} */
  const texts = {};
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
