'use strict';

const { current } = require('../trace/context');

/**
 * A call of a language model that is being recorded.
 * @typedef {InstanceType<typeof import('../trace/context').CallRecord>} CallRecord
 */

/**
 * What is done with the result of a method: it returns what the caller gets in its place, which is
 * the same object wherever that is possible.
 * @typedef {(result: any, record: CallRecord) => any} Attach
 */

/** Methods that are patched, so that nothing is recorded twice. */
const patched = new WeakSet();

/**
 * Runs something of ours in the middle of something of the user's: a surprise means that nothing is
 * recorded, never that the user hears of it.
 *
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
function guard(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * Puts a method in the place of another, on this one object. It looks the same: a proxy has the name,
 * the length and every other property of what it stands for.
 *
 * @param {any} holder
 * @param {string} name
 * @param {(call: () => any, self: any, values: any[]) => any} around
 * @returns {boolean} whether there is such a method
 */
function replace(holder, name, around) {
  const method = guard(() => holder[name]);
  if (typeof method !== 'function') return false;
  if (patched.has(method)) return true;
  const proxy = new Proxy(method, {
    apply: (target, self, values) =>
      around(() => Reflect.apply(target, self, values), self, values),
  });
  const own = guard(() => Object.getOwnPropertyDescriptor(holder, name));
  const { configurable = true, enumerable = false, writable = true } = own ?? {};
  // An object that may not be changed stays as it is.
  if (
    guard(() =>
      Object.defineProperty(holder, name, { value: proxy, configurable, enumerable, writable }),
    )
  ) {
    patched.add(proxy);
  }
  return true;
}

/**
 * Records the calls of a method within traces; outside of one the call just passes through.
 *
 * @param {any} holder
 * @param {string} name
 * @param {(values: any[], self: any) => import('../trace/context').CallFacts} read what is known before
 *   the call
 * @param {boolean} captureContent whether what an error says may be told
 * @param {Attach} attach
 * @returns {boolean} whether there is such a method
 */
function record(holder, name, read, captureContent, attach) {
  return replace(holder, name, (call, self, values) => {
    const scope = current();
    if (!scope) return call();
    const started = guard(() =>
      scope.startCall(
        guard(() => read(values, self)) ?? {},
        captureContent ? undefined : { request: values[0] },
      ),
    );
    let result;
    try {
      result = call();
    } catch (error) {
      started?.fail(error, false);
      throw error;
    }
    if (!started) return result;
    try {
      return attach(result, started);
    } catch {
      return result;
    }
  });
}

module.exports = { guard, record, replace };
