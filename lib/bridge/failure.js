'use strict';

const { Aborted } = require('./abort');
const errors = require('./errors');

/** The largest body in bytes; the native client checks it. */
const MAX_PAYLOAD_SIZE = 1_048_576;

/**
 * A failure as the native client describes it.
 * @typedef {object} Described
 * @property {string} kind
 * @property {string} message
 * @property {number} [statusCode]
 * @property {string} [field]
 * @property {number} [retryAfter] seconds
 * @property {number} [timeoutDuration] milliseconds
 * @property {number} [actualSize] bytes
 * @property {unknown} [responseData]
 * @property {{ message: string, code?: string }} [original]
 */

/**
 * Makes the error that users see.
 *
 * @param {Described} described
 * @returns {import('../../index').InfiniumError}
 */
function toError({ kind, message, ...known }) {
  const { statusCode, field, responseData } = known;
  const details = responseData === undefined ? undefined : { responseData };
  const init = { statusCode, details };
  switch (kind) {
    case 'configuration':
      return new errors.ConfigurationError(message, { configKey: field });
    case 'validation':
      return new errors.ValidationError(message, { ...init, field });
    case 'payloadTooLarge': {
      const sizes = { actualSize: known.actualSize, maxSize: MAX_PAYLOAD_SIZE };
      return new errors.PayloadTooLargeError(message, { ...init, ...sizes });
    }
    case 'authentication':
      return new errors.AuthenticationError(message, init);
    case 'notFound':
      return new errors.NotFoundError(message, { ...init, resource: field });
    case 'rateLimit':
      return new errors.RateLimitError(message, { ...init, retryAfter: known.retryAfter });
    case 'server':
      return new errors.ServerError(message, init);
    case 'network':
      return new errors.NetworkError(message, { originalError: toOriginal(known.original) });
    case 'timeout':
      return new errors.TimeoutError(message, { timeoutDuration: known.timeoutDuration });
    default:
      return new errors.InfiniumError(message, init);
  }
}

/** @param {Described['original']} original */
function toOriginal(original) {
  if (!original) return undefined;
  const error = new Error(original.message);
  // Nobody is helped by a line of this file.
  error.stack = `Error: ${original.message}`;
  return original.code ? Object.assign(error, { code: original.code }) : error;
}

/**
 * What the native client threw, as the error that users see.
 *
 * @param {unknown} thrown
 */
function fromNative(thrown) {
  // Native code makes its errors in another realm, as seen from Jest: no `instanceof` here.
  const message = String(/** @type {any} */ (thrown)?.message ?? '');
  try {
    return toError(JSON.parse(message));
  } catch {
    return new errors.InfiniumError(message || 'the native client failed', { cause: thrown });
  }
}

/**
 * Lets the stack of an error begin at the caller of `method`: an error that was made when an answer
 * arrived knows nothing of the line that asked.
 *
 * @param {unknown} error or an `Aborted`, for its reason
 * @param {Function} method
 * @returns {any} the error
 */
function atCaller(error, method) {
  // What the user gave as a reason stays as it is.
  if (error instanceof Aborted) return error.reason;
  if (error instanceof errors.InfiniumError) Error.captureStackTrace?.(error, method);
  return error;
}

module.exports = { MAX_PAYLOAD_SIZE, atCaller, fromNative, toError };
