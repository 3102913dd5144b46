'use strict';

const { types } = require('node:util');
const { guard } = require('./patch');

/** @typedef {import('./patch').CallRecord} CallRecord */

/**
 * Follows a promise of the provider's own kind (`APIPromise`), which parses the answer only when
 * somebody asks for it: nobody is asked here. Its parts are watched in their places instead, the
 * promise of the response and the function that parses it; what the caller gets is the same object.
 *
 * @param {any} promise
 * @param {CallRecord} record
 * @param {(value: any) => void} observe sees the parsed answer, and may not change it
 */
function followParsing(promise, record, observe) {
  if (typeof promise?.parseResponse !== 'function' || !types.isPromise(promise.responsePromise)) {
    return followPromise(promise, record, observe);
  }
  followResponse(promise, record);
  const { parseResponse } = promise;
  promise.parseResponse = function (/** @type {any[]} */ ...values) {
    const parsed = parseResponse.apply(this, values);
    return types.isPromise(parsed) ? settle(parsed, record, observe) : parsed;
  };
  if (Object.hasOwn(promise, '_thenUnwrap')) followUnwrapping(promise, record, observe);
  return promise;
}

/**
 * Follows the promise of the response, once somebody reads it: one that is derived from it and never
 * read would be a rejection that nobody handles.
 *
 * @param {any} promise
 * @param {CallRecord} record
 */
function followResponse(promise, record) {
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
 * Newer promises of OpenAI make another of the same response, for what `parse` and the like return, out
 * of parts that only they can see.
 *
 * @param {any} promise
 * @param {CallRecord} record
 * @param {(value: any) => void} observe
 */
function followUnwrapping(promise, record, observe) {
  const unwrap = promise._thenUnwrap;
  promise._thenUnwrap = function (/** @type {any} */ transform) {
    const made = unwrap.call(this, (/** @type {any} */ value, /** @type {any[]} */ ...rest) => {
      guard(() => observe(value));
      return transform(value, ...rest);
    });
    return guard(() => followParsing(made, record, () => {})) ?? made;
  };
}

/**
 * Follows an ordinary promise, fresh from an async function: the caller gets one that settles alike.
 * Others are left to themselves.
 *
 * @param {any} promise
 * @param {CallRecord} record
 * @param {(value: any) => void} observe
 */
function followPromise(promise, record, observe) {
  const isOrdinary = types.isPromise(promise) && promise.constructor?.name === 'Promise';
  return isOrdinary ? settle(promise, record, observe) : promise;
}

/**
 * A rejection that nobody handles is still reported, once: it is the new promise that is left.
 *
 * @param {Promise<any>} promise
 * @param {CallRecord} record
 * @param {(value: any) => void} observe
 */
function settle(promise, record, observe) {
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

module.exports = { followParsing, followPromise, settle };
