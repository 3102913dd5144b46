import { isPromise } from 'node:util/types';
import type { CallRecord } from '../trace/call-record';
import { observe as observeOutcome } from '../trace/observe';
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
  let isObserved = false;
  const observeOnce = (answer: any) => {
    if (!isObserved) observe(answer);
    isObserved = true;
  };
  promise.responsePromise = new ObservedPromise(promise.responsePromise, record, () => {});
  // Another package has asked for the answer before it handed the promise on.
  if (isPromise(promise.parsedPromise)) {
    promise.parsedPromise = new ObservedPromise(promise.parsedPromise, record, observeOnce);
  }
  const { parseResponse } = promise;
  promise.parseResponse = function (...values: any[]) {
    const parsed = parseResponse.apply(this, values);
    return isPromise(parsed) ? new ObservedPromise(parsed, record, observeOnce) : parsed;
  };
  if (Object.hasOwn(promise, '_thenUnwrap')) followUnwrapping(promise, record, observeOnce);
  return promise;
}

/**
 * A promise that stands for another one, and observes it with the handlers of its users: an observer of its own would
 * be later, cost another promise, and cause an unhandled rejection if nobody else uses the promise.
 */
export class ObservedPromise extends Promise<any> {
  readonly #promise: Promise<any>;
  readonly #record: CallRecord;
  readonly #observe: Observer;

  static override get [Symbol.species]() {
    return Promise;
  }

  constructor(promise: Promise<any>, record: CallRecord, observe: Observer) {
    super(() => {});
    this.#promise = promise;
    this.#record = record;
    this.#observe = observe;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then(onFulfilled?: unknown, onRejected?: unknown): any {
    return this.#promise.then(
      (value) => {
        guard(() => this.#observe(value));
        return typeof onFulfilled === 'function' ? onFulfilled(value) : value;
      },
      (error) => {
        guard(() => this.#record.fail(error));
        if (typeof onRejected === 'function') return onRejected(error);
        throw error;
      },
    );
  }
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
 * Observes any other result. A caller gets the same object, apart from ordinary promises: of those it gets another one
 * with the same outcome. An answer that is no promise is observed at once.
 */
export function followPromise(result: any, record: CallRecord, observe: Observer): any {
  let isObserved = false;
  const outcome = {
    succeed(value: any) {
      if (isObserved || isResponse(value)) return value;
      isObserved = true;
      guard(() => observe(answerIn(value)));
      return value;
    },
    fail: (error: unknown) => void guard(() => record.fail(error)),
  };
  return observeOutcome(result, outcome);
}

/** @returns the answer in what `withResponse()` or `withRawResponse()` of a provider's promise returns */
function answerIn(value: any): unknown {
  const hasResponse = isResponse(value?.response) || typeof value?.rawResponse?.status === 'number';
  return hasResponse && 'data' in value ? value.data : value;
}

/** Whether a value is an HTTP response whose body is not parsed. */
function isResponse(value: any): boolean {
  return typeof value?.arrayBuffer === 'function' && typeof value.status === 'number';
}
