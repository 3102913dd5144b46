import { isPromise } from 'node:util/types';
import type { AnyFunction } from './function';

/** Receives what a function returned or threw. The first call counts. */
export interface Outcome {
  succeed(value: unknown): void;
  fail(error: unknown): void;
}

export interface ObserveOptions {
  /** Whether only this caller can hold the promise, as with an async function. */
  isFresh: boolean;
}

/**
 * Reports the outcome of a function without handling its promise.
 *
 * @param result what the function returned
 * @returns the same value, or a promise that settles as the function's own does
 */
export function observe(result: any, outcome: Outcome, { isFresh }: ObserveOptions): any {
  try {
    if (isPromise(result) && (isFresh || isPlain(result))) return follow(result, outcome);
    if (typeof result?.then === 'function') return attach(result, outcome);
  } catch {
    // An object that throws when it is inspected is a result like any other.
  }
  outcome.succeed(result);
  return result;
}

/** Whether its class is the language's own, of any realm, and its `then` was not replaced. */
function isPlain(promise: Promise<unknown>): boolean {
  const prototype = Object.getPrototypeOf(promise);
  return (
    !Object.hasOwn(promise, 'then') &&
    Object.hasOwn(prototype, 'then') &&
    prototype.constructor?.name === 'Promise'
  );
}

/** The caller gets only the new promise, so a rejection that it does not handle is reported once. */
function follow(promise: Promise<unknown>, outcome: Outcome): Promise<unknown> {
  const followed = promise.then(
    (value) => {
      outcome.succeed(value);
      return value;
    },
    (error) => {
      outcome.fail(error);
      throw error;
    },
  );
  return Object.defineProperties(followed, Object.getOwnPropertyDescriptors(promise));
}

/**
 * Other thenables, such as the promises of LLM clients, may start their work in `then`, and have more methods than
 * `then`. The caller gets the same object, which is followed when the caller calls one of these methods.
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
  // In LLM clients it does not call `then`.
  if (typeof thenable.catch === 'function') {
    define('catch', (onError: any) => thenable.then(undefined, onError));
  }
  define('then', function (onValue: any, onError: any) {
    return then.call(
      thenable,
      (value: unknown) => {
        outcome.succeed(value);
        return typeof onValue === 'function' ? onValue(value) : value;
      },
      (error: unknown) => {
        outcome.fail(error);
        if (typeof onError === 'function') return onError(error);
        throw error;
      },
    );
  });
  for (const name of ['withResponse', 'asResponse', 'finally']) {
    const method = thenable[name];
    if (typeof method !== 'function') continue;
    define(name, function (...values: any[]) {
      // These methods call each other: only the outermost call is followed.
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
