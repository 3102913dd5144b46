'use strict';

const { truncate } = require('./text');

/** Code points that are kept. */
const MAX_STACK = 1000;
const MAX_MESSAGE = 10_000;

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
 * @param {number} [room] how many times as much as usual is kept, for texts that change before they
 *   are cut
 * @returns {import('../index').ErrorDetail}
 */
function toErrorDetail(error, room = 1) {
  const cut = (/** @type {string} */ text, /** @type {number} */ most) =>
    truncate(text, most * room);
  if (typeof error !== 'object' || error === null) {
    const message = cut(toText(error), MAX_MESSAGE);
    return { errorType: error === null ? 'null' : typeof error, message };
  }
  const stack = read(error, 'stackTrace') ?? read(error, 'stack');
  const message = read(error, 'message');
  const told = {
    message: cut(typeof message === 'string' ? message : toText(error), MAX_MESSAGE),
    stackTrace: typeof stack === 'string' ? cut(stack, MAX_STACK) : undefined,
  };
  const type = read(error, 'errorType');
  if (typeof type === 'string') {
    const [recoverable, retryCount] = [read(error, 'recoverable'), read(error, 'retryCount')];
    return {
      errorType: type,
      recoverable,
      retryCount,
      errorCode: read(error, 'errorCode'),
      ...told,
    };
  }
  const name = read(error, 'name') ?? read(read(error, 'constructor'), 'name');
  const code = read(error, 'code');
  return {
    errorType: typeof name === 'string' && name ? name : 'Error',
    errorCode: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    ...told,
  };
}

module.exports = { MAX_MESSAGE, MAX_STACK, toErrorDetail, toText };
