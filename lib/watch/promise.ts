import { isPromise } from 'node:util/types';
import type { CallRecord } from '../trace/call-record';
import { guard } from './guard';

/** Observes a value and must not change it. Errors it throws are ignored. */
export type Observer = (value: any) => void;

/**
 * Observes a promise of the provider's own class (`APIPromise`). It parses the answer only when the caller asks for
 * it, so this must not subscribe to it. Instead it replaces the promise's parts: the response promise and the parse
 * function. The caller gets the same object.
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
 * Observes the response promise when it is first read. Observing it earlier would cause an unhandled rejection if
 * the caller never reads it.
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
 * Newer OpenAI promises create another promise of the same response for `parse` and similar methods, from private
 * parts.
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
 * Observes a promise that an async function has just returned. The caller gets another promise with the same
 * outcome. Other results are not observed.
 */
export function followPromise(promise: any, record: CallRecord, observe: Observer): any {
  const isOrdinary = isPromise(promise) && promise.constructor?.name === 'Promise';
  return isOrdinary ? settle(promise, record, observe) : promise;
}

/** Returns a new promise. The caller gets only this promise, so an unhandled rejection is reported once. */
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
