'use strict';

const { types } = require('node:util');
const { guard } = require('./patch');

/** @typedef {import('./patch').CallRecord} CallRecord */

/**
 * Follows a promise of the provider's own kind (`APIPromise`), which parses the answer only when
 * somebody asks for it: nobody is asked here. Its two parts are watched in their places instead, the
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
  const { parseResponse } = promise;
  promise.responsePromise = settle(promise.responsePromise, record, () => {});
  promise.parseResponse = function (/** @type {any[]} */ ...values) {
    const parsed = parseResponse.apply(this, values);
    return types.isPromise(parsed) ? settle(parsed, record, observe) : parsed;
  };
  return promise;
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
