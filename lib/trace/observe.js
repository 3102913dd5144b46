'use strict';

const { types } = require('node:util');

/**
 * Who wants to know what becomes of a result.
 * @typedef {object} Outcome
 * @property {(value: unknown) => void} succeed
 * @property {(error: unknown) => void} fail
 */

/**
 * Learns what becomes of a result, without becoming one of those who handle it.
 *
 * @param {any} result what the traced function returned
 * @param {boolean} isFresh whether nobody else can have the promise
 * @param {Outcome} recording
 * @returns {any} for the caller: the same value, or a promise that settles as the function's own does
 */
function observe(result, isFresh, recording) {
  try {
    if (types.isPromise(result) && (isFresh || isPlain(result))) return follow(result, recording);
    if (typeof result?.then === 'function') return attach(result, recording);
  } catch {
    // An object that resists being looked at is a result like any other.
  }
  recording.succeed(result);
  return result;
}

/**
 * Whether it is of the language's own class, in whatever realm, and with nobody else's `then`.
 * @param {Promise<unknown>} promise
 */
function isPlain(promise) {
  const prototype = Object.getPrototypeOf(promise);
  return (
    !Object.hasOwn(promise, 'then') &&
    Object.hasOwn(prototype, 'then') &&
    prototype.constructor?.name === 'Promise'
  );
}

/**
 * A rejection that nobody handles is still reported, once: it is the returned promise that is left.
 *
 * @param {Promise<unknown>} promise
 * @param {Outcome} recording
 */
function follow(promise, recording) {
  const followed = promise.then(
    (value) => {
      recording.succeed(value);
      return value;
    },
    (error) => {
      recording.fail(error);
      throw error;
    },
  );
  return Object.defineProperties(followed, Object.getOwnPropertyDescriptors(promise));
}

/**
 * Thenables of other kinds, such as the promises of LLM clients, may do something only when they are
 * asked, and have more methods than `then`: they stay what they are, and are followed when asked.
 *
 * @param {any} thenable
 * @param {Outcome} recording
 */
function attach(thenable, recording) {
  if (!Object.isExtensible(thenable)) {
    recording.succeed(undefined);
    return thenable;
  }
  let inside = false;
  const define = (/** @type {string} */ name, /** @type {Function} */ value) =>
    Object.defineProperty(thenable, name, { value, configurable: true, writable: true });
  const { then } = thenable;
  // Those of LLM clients go by another way than `then`.
  if (typeof thenable.catch === 'function') {
    define('catch', (/** @type {any} */ onError) => thenable.then(undefined, onError));
  }
  define('then', function (/** @type {any} */ onValue, /** @type {any} */ onError) {
    return then.call(
      thenable,
      (/** @type {unknown} */ value) => {
        recording.succeed(value);
        return typeof onValue === 'function' ? onValue(value) : value;
      },
      (/** @type {unknown} */ error) => {
        recording.fail(error);
        if (typeof onError === 'function') return onError(error);
        throw error;
      },
    );
  });
  for (const name of ['withResponse', 'asResponse', 'finally']) {
    const method = thenable[name];
    if (typeof method !== 'function') continue;
    define(name, function (/** @type {any[]} */ ...values) {
      if (inside) return method.apply(thenable, values);
      inside = true;
      try {
        return follow(method.apply(thenable, values), recording);
      } finally {
        inside = false;
      }
    });
  }
  return thenable;
}

module.exports = { observe };
