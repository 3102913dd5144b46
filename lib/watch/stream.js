'use strict';

const { types } = require('node:util');
const { guard } = require('./patch');
const { settle } = require('./promise');

/** @typedef {import('./patch').CallRecord} CallRecord */

/**
 * Sees what passes through an iterator as its reader reads. The iterator stays the same object.
 *
 * @template T
 * @param {T} iterator
 * @param {CallRecord} record
 * @param {(item: any) => void} observe
 * @returns {T}
 */
function followIterator(iterator, record, observe) {
  const { next, return: close, throw: abort } = /** @type {any} */ (iterator);
  if (typeof next !== 'function') return iterator;
  const define = (/** @type {string} */ name, /** @type {Function} */ value) =>
    Object.defineProperty(iterator, name, { value, configurable: true, writable: true });
  define('next', function (/** @type {any[]} */ ...values) {
    const item = next.apply(iterator, values);
    if (!types.isPromise(item)) return item;
    return settle(item, record, (result) => {
      if (result.done) record.end();
      else observe(result.value);
    });
  });
  // Whoever leaves early has seen enough.
  for (const [name, method] of Object.entries({ return: close, throw: abort })) {
    if (typeof method !== 'function') continue;
    define(name, function (/** @type {any[]} */ ...values) {
      guard(() => record.end());
      return method.apply(iterator, values);
    });
  }
  return iterator;
}

/**
 * Sees what passes through a provider's stream, whichever way it is read: all of them begin with the
 * function that makes its iterator.
 *
 * @param {any} stream
 * @param {CallRecord} record
 * @param {(item: any) => void} observe
 * @returns {boolean} whether it is such a stream
 */
function followStream(stream, record, observe) {
  if (typeof stream?.iterator !== 'function' || !(Symbol.asyncIterator in stream)) return false;
  const { iterator } = stream;
  stream.iterator = function (/** @type {any[]} */ ...values) {
    const made = iterator.apply(this, values);
    return guard(() => followIterator(made, record, observe)) ?? made;
  };
  return true;
}

module.exports = { followIterator, followStream };
