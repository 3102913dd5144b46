'use strict';

const { types } = require('node:util');
const { ValidationError } = require('../bridge/errors');

/** Objects that are looked at to find what could not be read; enough for any real task. */
const SEARCH_LIMIT = 100_000;

/**
 * Reads a task completely, so that later changes to it do not matter.
 *
 * @param {unknown} task
 * @returns {string} its JSON
 * @throws {ValidationError} naming what cannot be read: a BigInt, a cycle, a getter that throws
 */
function readTask(task) {
  let json;
  try {
    json = JSON.stringify(task);
  } catch (error) {
    throw unreadable(task, error);
  }
  if (json === undefined) {
    const message = `task must be an object (got ${typeof task})`;
    throw new ValidationError(message, { field: 'task' });
  }
  return json;
}

/**
 * @param {unknown} task
 * @param {unknown} cause what JSON.stringify threw
 */
function unreadable(task, cause) {
  const found = locate(task);
  const field = found?.path || 'task';
  const problem =
    found?.problem ??
    (cause instanceof RangeError
      ? 'is too deep or too large to be read'
      : 'cannot be read into JSON: see cause');
  return new ValidationError(`${field} ${problem}`, { field, cause });
}

/**
 * Finds the first thing that JSON.stringify cannot get past. It is only called when there is one, so
 * it may look again at what was read before.
 *
 * @param {unknown} task
 * @returns {{ path: string, problem: string } | undefined}
 */
function locate(task) {
  let budget = SEARCH_LIMIT;
  /** @type {Set<object>} */
  const ancestors = new Set();

  /**
   * @param {() => unknown} get
   * @param {string} path
   * @returns {{ path: string, problem: string } | undefined}
   */
  function visit(get, path) {
    let value;
    /** @type {string[]} */
    let keys;
    try {
      value = get();
      const json = /** @type {any} */ (value)?.toJSON;
      if (typeof json === 'function') value = json.call(value, path);
      if (typeof value === 'bigint' || types.isBigIntObject(value)) {
        return { path, problem: 'is a BigInt, which JSON cannot hold: make it a number or string' };
      }
      if (typeof value !== 'object' || value === null) return undefined;
      keys = Object.keys(value);
    } catch {
      return { path, problem: 'cannot be read: its getter or toJSON threw' };
    }
    if (ancestors.has(value)) return { path, problem: 'refers back to an object that holds it' };
    ancestors.add(value);
    budget -= 1;
    if (budget < 0) return undefined;
    for (const key of keys) {
      const holder = /** @type {Record<string, unknown>} */ (value);
      const found = visit(() => holder[key], join(path, key, Array.isArray(value)));
      if (found) return found;
    }
    ancestors.delete(value);
    return undefined;
  }

  try {
    return visit(() => task, '');
  } catch {
    // Too deep even for this.
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {string} key
 * @param {boolean} isIndex
 */
function join(path, key, isIndex) {
  if (isIndex) return `${path}[${key}]`;
  return path ? `${path}.${key}` : key;
}

module.exports = { readTask };
