'use strict';

const { types } = require('node:util');
const { pending } = require('./background');
const { run } = require('./context');
const { follow } = require('./follow');
const { readFunction, readTraceOptions } = require('./trace-options');
const { TracedCall } = require('./traced-call');

/**
 * Wraps a function so that each call of it is a trace. Without the function it returns what wraps one,
 * which also serves as a decorator of methods. Generators and classes are returned as they are.
 *
 * @param {import('./background').Sender} client
 * @param {unknown} name
 * @param {unknown} [options] or the function
 * @param {unknown} [fn]
 * @returns {any}
 * @throws {import('./errors').ValidationError} `field` says which argument or option is wrong
 */
function trace(client, name, options, fn) {
  if (typeof options === 'function')
    return wrap(client, readTraceOptions(name, undefined), options);
  const settings = readTraceOptions(name, options);
  if (fn === undefined) {
    return (/** @type {unknown} */ target) => wrap(client, settings, readFunction(target));
  }
  return wrap(client, settings, readFunction(fn));
}

/**
 * A proxy, so that the name, the length and whatever else the function has are its own.
 *
 * @param {import('./background').Sender} client
 * @param {import('./trace-options').TraceSettings} settings
 * @param {Function} fn
 */
function wrap(client, settings, fn) {
  if (types.isGeneratorFunction(fn) || isClass(fn)) return fn;
  return new Proxy(fn, {
    apply: (target, self, args) => callTraced(client, settings, target, self, args),
  });
}

/** @param {Function} fn */
function isClass(fn) {
  return /^class\b/.test(Function.prototype.toString.call(fn));
}

/**
 * @param {import('./background').Sender} client
 * @param {import('./trace-options').TraceSettings} settings
 * @param {Function} fn
 * @param {unknown} self
 * @param {unknown[]} args
 */
function callTraced(client, settings, fn, self, args) {
  const call = begin(client, settings, args);
  if (!call) return Reflect.apply(fn, self, args);
  let result;
  try {
    result = run(call.scope, () => Reflect.apply(fn, self, args));
  } catch (thrown) {
    call.rejected(thrown);
    throw thrown;
  }
  return follow(result, call);
}

/**
 * @param {import('./background').Sender} client
 * @param {import('./trace-options').TraceSettings} settings
 * @param {unknown[]} args
 */
function begin(client, settings, args) {
  try {
    return new TracedCall(client, settings, args);
  } catch {
    // The call matters more than its trace.
    return undefined;
  }
}

module.exports = { pending, trace };
