import { isPromise } from 'node:util/types';
import type { AnyFunction } from './function';
import type { Outcome } from './running';

/**
 * Reports the outcome of a function without handling its rejections.
 *
 * @param result what the function returned
 * @returns the same value, or a promise that settles as the function's own does
 */
export function observe(result: any, outcome: Outcome): any {
  try {
    if (isPromise(result) && isPlain(result)) return follow(result, outcome);
    if (typeof result?.then === 'function') return attach(result, outcome);
  } catch {
    // An object that throws when inspected is an ordinary result.
  }
  return outcome.succeed(result);
}

/** Whether a promise is a native one, from any realm, with its original `then`. */
function isPlain(promise: Promise<unknown>): boolean {
  const prototype = Object.getPrototypeOf(promise);
  return (
    !Object.hasOwn(promise, 'then') &&
    Object.hasOwn(prototype, 'then') &&
    prototype.constructor?.name === 'Promise'
  );
}

/** Returns a new promise. The caller gets only this promise, so an unhandled rejection is reported once. */
function follow(promise: Promise<unknown>, outcome: Outcome): Promise<unknown> {
  const followed = promise.then(
    (value) => outcome.succeed(value),
    (error) => {
      outcome.fail(error);
      throw error;
    },
  );
  return Object.defineProperties(followed, Object.getOwnPropertyDescriptors(promise));
}

/**
 * Follows other thenables, such as the promises of LLM clients. They may start their work in `then`, and have more
 * methods than `then`. The caller gets the same object. It is observed when the caller calls one of its methods.
 */
function attach(thenable: any, outcome: Outcome): any {
  if (!Object.isExtensible(thenable)) {
    outcome.succeed(undefined);
    return thenable;
  }
  let inside = false;
  const define = (name: string, value: AnyFunction) =>
    Object.defineProperty(thenable, name, { value, configurable: true, writable: true });
  const { then } = thenable;
  // In LLM clients this method does not call `then`.
  if (typeof thenable.catch === 'function') {
    define('catch', (onError: any) => thenable.then(undefined, onError));
  }
  define('then', function (onValue: any, onError: any) {
    return then.call(
      thenable,
      (given: unknown) => {
        const value = outcome.succeed(given);
        return typeof onValue === 'function' ? onValue(value) : value;
      },
      (error: unknown) => {
        outcome.fail(error);
        if (typeof onError === 'function') return onError(error);
        throw error;
      },
    );
  });
  for (const name of ['withResponse', 'withRawResponse', 'asResponse', 'finally']) {
    const method = thenable[name];
    if (typeof method !== 'function') continue;
    define(name, function (...values: any[]) {
      // These methods call each other, so only the outermost call is observed.
      if (inside) return method.apply(thenable, values);
      inside = true;
      try {
        return follow(method.apply(thenable, values), outcome);
      } finally {
        inside = false;
      }
    });
  }
  return thenable;
}
