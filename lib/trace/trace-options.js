'use strict';

const { ValidationError } = require('../bridge/errors');

const MAX_NAME = 500;
const MAX_DESCRIPTION = 10_000;

/**
 * @typedef {object} TraceSettings
 * @property {string} name
 * @property {string} description
 * @property {boolean} autoSend
 * @property {((task: import('../../index').TaskData) => void) | undefined} onTrace
 * @property {boolean} captureInput
 * @property {boolean} captureOutput
 * @property {((text: string, where: any) => unknown) | undefined} redact
 */

/**
 * @param {string} field
 * @param {string} problem
 * @param {unknown} [cause]
 * @returns {never}
 */
function wrong(field, problem, cause) {
  throw new ValidationError(`${field} ${problem}`, { field, cause });
}

/**
 * @param {unknown} name
 * @param {unknown} options
 * @returns {TraceSettings}
 */
function readTraceOptions(name, options) {
  const given = options ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    wrong('options', `must be an object, followed by the function (got ${typeof given})`);
  }
  const read = (/** @type {string} */ key, /** @type {string} */ type) =>
    readOption(given, key, type);
  const text = readText('name', name, MAX_NAME);
  return {
    name: text,
    description: readText(
      'description',
      read('description', 'string') ?? `Auto-traced call to ${text}`,
      MAX_DESCRIPTION,
    ),
    autoSend: read('autoSend', 'boolean') ?? true,
    onTrace: read('onTrace', 'function'),
    captureInput: read('captureInput', 'boolean') ?? true,
    captureOutput: read('captureOutput', 'boolean') ?? true,
    redact: read('redact', 'function'),
  };
}

/**
 * @param {object} options
 * @param {string} key
 * @param {string} type
 * @returns {any} undefined for the default
 */
function readOption(options, key, type) {
  let value;
  try {
    value = /** @type {Record<string, unknown>} */ (options)[key] ?? undefined;
  } catch (error) {
    wrong(key, 'cannot be read: its getter threw', error);
  }
  if (value !== undefined && typeof value !== type) {
    wrong(key, `must be a ${type} (got ${typeof value})`);
  }
  return value;
}

/**
 * What the platform would refuse with every trace is better told at once.
 *
 * @param {string} field
 * @param {unknown} value
 * @param {number} max code points
 * @returns {string}
 */
function readText(field, value, max) {
  if (typeof value !== 'string') return wrong(field, `must be a string (got ${typeof value})`);
  if (value.trim() === '') wrong(field, 'must not be blank');
  if (value.length > max && (value.length > 2 * max || [...value].length > max)) {
    wrong(field, `must have at most ${max} characters`);
  }
  return value;
}

/**
 * @param {unknown} fn
 * @returns {Function}
 */
function readFunction(fn) {
  return typeof fn === 'function' ? fn : wrong('fn', `must be a function (got ${typeof fn})`);
}

module.exports = { readFunction, readTraceOptions };
