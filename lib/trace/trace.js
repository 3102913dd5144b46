'use strict';

const { types } = require('node:util');
const { atCaller } = require('../bridge/failure');
const { TraceScope, run } = require('./context');
const { deliver } = require('./deliver');
const { observe } = require('./observe');
const { MAX_INPUT_SUMMARY, Recording } = require('./recording');
const { roomFor } = require('./redact');
const { summarizeArguments } = require('./summarize');
const { readFunction, readTraceOptions } = require('./trace-options');

/** @typedef {import('./trace-options').TraceSettings} Settings */

/**
 * Wraps a function so that each call of it is a trace. Without the function it returns what wraps one.
 * Generators and classes are returned as they are.
 *
 * @param {object} client
 * @param {unknown} name
 * @param {unknown} [options] or the function
 * @param {unknown} [fn]
 * @returns {any}
 * @throws {import('../bridge/errors').ValidationError} `field` says which argument or option is wrong
 */
function trace(client, name, options, fn) {
  if (typeof options === 'function') return wrap(client, readTraceOptions(name, null), options);
  const settings = readTraceOptions(name, options);
  if (fn === undefined) {
    return function traced(/** @type {unknown} */ target) {
      try {
        return wrap(client, settings, readFunction(target));
      } catch (error) {
        throw atCaller(error, traced);
      }
    };
  }
  return wrap(client, settings, readFunction(fn));
}

/**
 * A proxy, so that the name, the length and whatever else the function has are its own.
 *
 * @param {object} client
 * @param {Settings} settings
 * @param {Function} fn
 */
function wrap(client, settings, fn) {
  if (types.isGeneratorFunction(fn) || isClass(fn)) return fn;
  const isFresh = types.isAsyncFunction(fn);
  return new Proxy(fn, {
    apply(target, self, args) {
      const recording = begin(client, settings, args);
      if (!recording) return Reflect.apply(target, self, args);
      let result;
      try {
        result = run(recording.scope, () => Reflect.apply(target, self, args));
      } catch (error) {
        recording.fail(error);
        throw error;
      }
      return observe(result, isFresh, recording);
    },
  });
}

/** @param {Function} fn */
function isClass(fn) {
  return /^class(?!\s*\()\b/.test(Function.prototype.toString.call(fn));
}

/**
 * @param {object} client
 * @param {Settings} settings
 * @param {unknown[]} args read now, since the function may change them
 */
function begin(client, settings, args) {
  try {
    const input = settings.captureInput
      ? summarizeArguments(args, roomFor(settings.redact) * MAX_INPUT_SUMMARY)
      : undefined;
    const done = (/** @type {import('../../index').TaskData} */ task) =>
      deliver(client, settings, task);
    return new Recording(settings, new TraceScope(), input, done);
  } catch {
    // The call matters more than its trace.
    return undefined;
  }
}

module.exports = { trace };
