import { isPromise } from 'node:util/types';
import type { CallRecord } from '../trace/call-record';
import { guard } from './guard';

/** Sees a value that passes through, and must not change it. What it throws is ignored. */
export type Observer = (value: any) => void;

/**
 * Follows a promise of the provider's own class (`APIPromise`). It parses the answer only when the caller asks for it,
 * so it must not be subscribed to: its parts, the promise of the response and the function that parses it, are
 * replaced, and the caller gets the same object.
 *
 * @param observe is called with the parsed answer
 */
export function followParsing(promise: any, record: CallRecord, observe: Observer): any {
  if (typeof promise?.parseResponse !== 'function' || !isPromise(promise.responsePromise)) {
    return followPromise(promise, record, observe);
  }
  followResponse(promise, record);
  const { parseResponse } = promise;
  promise.parseResponse = function (...values: any[]) {
    const parsed = parseResponse.apply(this, values);
    return isPromise(parsed) ? settle(parsed, record, observe) : parsed;
  };
  if (Object.hasOwn(promise, '_thenUnwrap')) followUnwrapping(promise, record, observe);
  return promise;
}

/**
 * Follows the promise of the response when it is first read. If it were followed before and never read, its
 * rejection would be an unhandled one.
 */
function followResponse(promise: any, record: CallRecord): void {
  let response = promise.responsePromise;
  let followed = false;
  Object.defineProperty(promise, 'responsePromise', {
    get: () => {
      if (!followed) response = settle(response, record, () => {});
      followed = true;
      return response;
    },
    set: (value) => {
      response = value;
    },
    configurable: true,
    enumerable: true,
  });
}

/**
 * Newer promises of OpenAI create another promise of the same response for `parse` and similar methods, from
 * private parts of their own.
 */
function followUnwrapping(promise: any, record: CallRecord, observe: Observer): void {
  const unwrap = promise._thenUnwrap;
  promise._thenUnwrap = function (transform: any) {
    const created = unwrap.call(this, (value: any, ...rest: any[]) => {
      guard(() => observe(value));
      return transform(value, ...rest);
    });
    return guard(() => followParsing(created, record, () => {})) ?? created;
  };
}

/**
 * Follows a promise that an async function has just returned; the caller gets another one that settles alike. Results of
 * other kinds are not followed.
 */
export function followPromise(promise: any, record: CallRecord, observe: Observer): any {
  const isOrdinary = isPromise(promise) && promise.constructor?.name === 'Promise';
  return isOrdinary ? settle(promise, record, observe) : promise;
}

/** The caller gets only the new promise, so a rejection that it does not handle is reported once. */
export function settle(promise: Promise<any>, record: CallRecord, observe: Observer): Promise<any> {
  return promise.then(
    (value) => {
      guard(() => observe(value));
      return value;
    },
    (error) => {
      guard(() => record.fail(error));
      throw error;
    },
  );
}
