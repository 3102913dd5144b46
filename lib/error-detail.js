'use strict';

const { truncate } = require('./text');

/** Code points of a stack trace that are kept. */
const MAX_STACK = 1000;

/**
 * @param {any} holder
 * @param {string} key
 * @returns {any} undefined if it cannot be read
 */
function read(holder, key) {
  try {
    return holder[key];
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function toText(value) {
  try {
    return String(value);
  } catch {
    return 'unreadable';
  }
}

/**
 * Describes whatever was thrown, or takes a description as it is. It never throws.
 *
 * @param {unknown} error an Error, an ErrorDetail, or anything else
 * @returns {import('../index').ErrorDetail}
 */
function toErrorDetail(error) {
  if (typeof error !== 'object' || error === null) {
    return { errorType: error === null ? 'null' : typeof error, message: toText(error) };
  }
  const stack = read(error, 'stackTrace') ?? read(error, 'stack');
  const stackTrace = typeof stack === 'string' ? truncate(stack, MAX_STACK) : undefined;
  const type = read(error, 'errorType');
  if (typeof type === 'string') {
    return { .../** @type {import('../index').ErrorDetail} */ (error), stackTrace };
  }
  const name = read(error, 'name') ?? read(read(error, 'constructor'), 'name');
  const code = read(error, 'code');
  const message = read(error, 'message');
  return {
    errorType: typeof name === 'string' && name ? name : 'Error',
    message: typeof message === 'string' ? message : toText(error),
    stackTrace,
    errorCode: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
  };
}

module.exports = { toErrorDetail };
