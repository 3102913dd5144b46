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
  // Observing them before the caller uses them would cause unhandled rejections if it never does.
  followPart(promise, 'responsePromise', (part) => settle(part, record, () => {}));
  // Another package has asked for the answer before it handed the promise on.
  if (isPromise(promise.parsedPromise)) {
    followPart(promise, 'parsedPromise', (part) => settle(part, record, observeOnce));
  }
  const { parseResponse } = promise;
  promise.parseResponse = function (...values: any[]) {
    const parsed = parseResponse.apply(this, values);
    return isPromise(parsed) ? settle(parsed, record, observeOnce) : parsed;
  };
  if (Object.hasOwn(promise, '_thenUnwrap')) followUnwrapping(promise, record, observeOnce);
  return promise;
}

/** A promise that stands for another one, which is asked for when this is first used. */
class LatePromise extends Promise<any> {
  readonly #ask: () => Promise<any>;
  #asked: Promise<any> | undefined;

  static override get [Symbol.species]() {
    return Promise;
  }

  constructor(ask: () => Promise<any>) {
    super(() => {});
    this.#ask = ask;
  }

  override then(...handlers: any[]): any {
    this.#asked ??= this.#ask();
    return this.#asked.then(...handlers);
  }
}

/** Replaces a promise that is a part of another one. */
function followPart(
  promise: any,
  name: string,
  follow: (part: Promise<any>) => Promise<any>,
): void {
  const part = promise[name];
  promise[name] = new LatePromise(() => follow(part));
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
