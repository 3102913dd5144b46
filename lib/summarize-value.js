'use strict';

const { types } = require('node:util');

/** Members of an instance that are likely to hold secrets, such as the key of a provider's client. */
const SECRET = /api[-_]?key|secret|passw|authorization|credential|cookie|token$/i;

/** The digits of a larger one cost too much. */
const LARGEST_BIGINT = 2n ** 256n;

/**
 * What is being written: an object or array whose members are still to come.
 * @typedef {object} Frame
 * @property {object} source the object itself, for cycles
 * @property {any} members where the members are read
 * @property {string[] | undefined} keys undefined for an array
 * @property {number} index
 * @property {number} length
 * @property {string} open
 * @property {string} close
 * @property {boolean} hide whether secrets are hidden in it
 * @property {boolean} written whether it has a member yet
 */

/**
 * @typedef {object} Limits
 * @property {number} room UTF-16 units left
 * @property {boolean} hide
 */

/**
 * Reads a value and says how it is written. In place of what JSON cannot hold, or should not:
 *
 * - a BigInt: its digits in quotes; a Map: an array of pairs; a Set: an array
 * - an error: `"TypeError: what it said"`
 * - bytes, promises, streams and event emitters: their kind, `"[Buffer 12 bytes]"`
 * - what throws when it is read: `"[unreadable]"`
 * - in instances of classes: `"[hidden]"` for members that are named like secrets
 *
 * @param {() => unknown} get
 * @param {string | number} key
 * @param {Limits} limits
 * @returns {string | Frame | undefined} JSON, or what has members, or undefined for nothing
 */
function openValue(get, key, limits) {
  try {
    const value = get();
    if (limits.hide && typeof key === 'string' && hides(key, value)) return '"[hidden]"';
    return typeof value === 'object' && value !== null
      ? openObject(value, key, limits)
      : writeLeaf(value, limits);
  } catch {
    return '"[unreadable]"';
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 */
function hides(key, value) {
  return (
    SECRET.test(key) && (typeof value === 'string' || typeof value === 'object') && value !== null
  );
}

/**
 * @param {any} value neither an object nor the method of one
 * @param {Limits} limits
 * @returns {string | undefined}
 */
function writeLeaf(value, { room }) {
  switch (typeof value) {
    case 'string':
      // Two more than there is room for, so that what is cut off is beyond the end in any case.
      return JSON.stringify(value.length > room ? value.slice(0, room + 2) : value);
    case 'number':
    case 'boolean':
      return JSON.stringify(value);
    case 'bigint':
      return value < LARGEST_BIGINT && value > -LARGEST_BIGINT ? `"${value}"` : '"[BigInt]"';
    case 'object':
      return 'null';
    default:
      return undefined;
  }
}

/**
 * @param {any} object
 * @param {string | number} key
 * @param {Limits} limits
 * @returns {string | Frame | undefined}
 */
function openObject(object, key, limits) {
  const kind = kindOf(object);
  if (kind !== undefined) return writeLeaf(kind, limits);
  let value = object;
  if (typeof value.toJSON === 'function') value = value.toJSON(String(key));
  if (types.isBoxedPrimitive(value)) value = value.valueOf();
  if (typeof value !== 'object' || value === null) return writeLeaf(value, limits);
  if (types.isMap(value))
    return toFrame(
      value,
      take(Map.prototype.entries.call(value), limits, 6),
      undefined,
      limits.hide,
    );
  if (types.isSet(value))
    return toFrame(
      value,
      take(Set.prototype.values.call(value), limits, 2),
      undefined,
      limits.hide,
    );
  if (Array.isArray(value)) return toFrame(value, value, undefined, limits.hide);
  return toFrame(value, value, Object.keys(value), limits.hide || !isPlain(value));
}

/**
 * @param {object} source
 * @param {any} members
 * @param {string[]} [keys]
 * @param {boolean} [hide]
 * @returns {Frame}
 */
function toFrame(source, members, keys, hide = false) {
  return {
    source,
    members,
    keys,
    index: 0,
    length: (keys ?? members).length,
    open: keys ? '{' : '[',
    close: keys ? '}' : ']',
    hide,
    written: false,
  };
}

/**
 * The members of a collection that there can be room for.
 *
 * @param {Iterable<unknown>} members
 * @param {Limits} limits
 * @param {number} least UTF-16 units that a member takes
 */
function take(members, { room }, least) {
  const taken = [];
  for (const member of members) {
    taken.push(member);
    if (taken.length * least > room) break;
  }
  return taken;
}

/**
 * @param {any} object
 * @returns {string | undefined} for objects whose inside is too large, or no business of a trace
 */
function kindOf(object) {
  if (types.isNativeError(object)) return `${object.name}: ${object.message}`;
  if (ArrayBuffer.isView(object)) return `[${nameOf(object)} ${object.byteLength} bytes]`;
  if (types.isAnyArrayBuffer(object)) return `[${nameOf(object)} ${object.byteLength} bytes]`;
  if (types.isPromise(object) || types.isGeneratorObject(object)) return `[${nameOf(object)}]`;
  if (isPlain(object) || Array.isArray(object)) return undefined;
  const isStream = typeof object.pipe === 'function' || typeof object.getReader === 'function';
  const isEmitter = typeof object.on === 'function' && typeof object.emit === 'function';
  return isStream || isEmitter ? `[${nameOf(object)}]` : undefined;
}

/** @param {any} object */
function nameOf(object) {
  return object.constructor?.name || Object.prototype.toString.call(object).slice(8, -1);
}

/** @param {object} object */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

module.exports = { openValue };
