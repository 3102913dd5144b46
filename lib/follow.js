'use strict';

const { types } = require('node:util');

/**
 * Told once how the result of a user's function turned out. Its methods must not throw.
 * @typedef {object} Observer
 * @property {(value: unknown) => void} fulfilled
 * @property {(reason: unknown) => void} rejected
 * @property {() => void} [waiting] nothing will be known before the caller reads the result
 * @property {() => void} [reading] the caller does
 */

/**
 * Watches what a user's function returned, and says what its caller gets in place of it:
 *
 * - A plain promise gives way to one that settles alike. A subscription to the promise itself would
 *   count as handling it, and a rejection that nobody handles would no longer be reported.
 * - A subclass of Promise, such as a provider's request with helpers on it, stays itself. It may only
 *   do its work when it is read, so it is watched as the caller reads it, and never by a subscription.
 * - A promise with properties of its own stays itself as well. `await` on it passes by all that
 *   could be watched, so there is a subscription: Node.js reports no unhandled rejection of it.
 * - Any other thenable is a value: a query builder may run its query each time it is subscribed to.
 *
 * @template T
 * @param {T} result
 * @param {Observer} observer
 * @returns {T}
 */
function follow(result, observer) {
  if (isPlainPromise(result)) {
    if (Object.getOwnPropertyNames(result).length === 0) return relay(result, observer);
    Promise.prototype.then.call(result, observer.fulfilled, observer.rejected);
    return result;
  }
  if (types.isPromise(result) && shadow(result, observer)) observer.waiting?.();
  else observer.fulfilled(result);
  return result;
}

/**
 * @param {unknown} value
 * @returns {value is Promise<unknown>} of any realm, but not of a subclass
 */
function isPlainPromise(value) {
  if (!types.isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  const parent = prototype && Object.getPrototypeOf(prototype);
  return parent !== null && Object.getPrototypeOf(parent) === null;
}

/**
 * An async function and no `then`, so that stack traces still lead through it to the caller.
 *
 * @param {PromiseLike<unknown>} promise
 * @param {Observer} observer
 * @returns {any}
 */
async function relay(promise, observer) {
  let value;
  try {
    value = await promise;
  } catch (reason) {
    observer.rejected(reason);
    throw reason;
  }
  observer.fulfilled(value);
  return value;
}

/**
 * Puts methods over those of a promise that look on while the caller uses them.
 *
 * @param {any} promise
 * @param {Observer} observer
 * @returns {boolean} whether that could be done
 */
function shadow(promise, observer) {
  try {
    const original = promise.then;
    /** @this {unknown} @param {any} onFulfilled @param {any} onRejected */
    const then = function (onFulfilled, onRejected) {
      if (this !== promise) return Reflect.apply(original, this, [onFulfilled, onRejected]);
      observer.reading?.();
      return Reflect.apply(original, this, [
        (/** @type {unknown} */ value) => {
          observer.fulfilled(value);
          return typeof onFulfilled === 'function' ? onFulfilled(value) : value;
        },
        (/** @type {unknown} */ reason) => {
          observer.rejected(reason);
          if (typeof onRejected === 'function') return onRejected(reason);
          throw reason;
        },
      ]);
    };
    const methods = { then, catch: catchOver(promise), finally: finallyOver(promise) };
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(promise, name, { value, configurable: true, writable: true });
    }
    return true;
  } catch {
    // Frozen, or without a `then` that can be read.
    return false;
  }
}

// By way of `then`, as the language has it: a subclass may have written these past its own `then`.

/** @param {any} promise */
function catchOver(promise) {
  const original = promise.catch;
  return /** @this {any} @param {any[]} args */ function (...args) {
    if (this !== promise || args.length > 1) return Reflect.apply(original, this, args);
    return this.then(undefined, args[0]);
  };
}

/** @param {any} promise */
function finallyOver(promise) {
  const original = promise.finally;
  return /** @this {any} @param {any[]} args */ function (...args) {
    const [onSettled] = args;
    if (this !== promise || typeof onSettled !== 'function') {
      return Reflect.apply(original, this, args);
    }
    return this.then(
      async (/** @type {unknown} */ value) => {
        await onSettled();
        return value;
      },
      async (/** @type {unknown} */ reason) => {
        await onSettled();
        throw reason;
      },
    );
  };
}

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  try {
    const usable = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return usable && typeof (/** @type {any} */ (value).then) === 'function';
  } catch {
    return false;
  }
}

module.exports = { follow, isThenable, relay };
