'use strict';

const { NativeClient } = require('./native');
const { fromNative, toError } = require('./failure');
const { LEVELS, emit, emitForClient } = require('./logging');

// What the native client tells; the numbers are those of `src/mailbox.rs`.
const RESOLVED = 0;
const REJECTED = 1;
const PROGRESS = 2;

/**
 * The connection of a client object to its native half.
 * @typedef {object} Link
 * @property {import('../js-binding').NativeClient} native
 * @property {Map<number, Open>} calls those without an outcome yet
 * @property {number} last the number of the last call
 */

/**
 * A call without an outcome.
 * @typedef {object} Open
 * @property {Link} link keeps the native half alive as long as something is to come from it
 * @property {(value: any) => void} resolve
 * @property {(reason: unknown) => void} reject
 * @property {((done: number) => void) | undefined} onProgress
 * @property {(() => void) | undefined} unlisten
 */

/**
 * What a call may be given beside its arguments.
 * @typedef {object} Hooks
 * @property {import('../index').AbortSignalLike} [signal]
 * @property {(reason: unknown) => void} [onAbort] in place of an immediate rejection
 * @property {(done: number) => void} [onProgress]
 */

/**
 * Makes the native half of a client.
 *
 * @param {{ options: string, logLevel: number | undefined }} config
 * @returns {Link}
 */
function connect({ options, logLevel }) {
  /** @type {Map<number, Open>} */
  const calls = new Map();
  // This must not refer to the native client: it is what the native client holds on to.
  const receive = (/** @type {number[]} */ heads, /** @type {string[]} */ texts) => {
    for (let index = 0; index < texts.length; index += 1) {
      const event = heads[2 * index];
      const number = heads[2 * index + 1];
      const text = texts[index];
      if (event === RESOLVED || event === REJECTED) settle(calls, event, number, text);
      else if (event === PROGRESS) calls.get(number)?.onProgress?.(Number(text));
      else emitForClient(LEVELS[number], text);
    }
  };
  try {
    return { native: new NativeClient(options, logLevel, receive), calls, last: 0 };
  } catch (error) {
    throw fromNative(error);
  }
}

/**
 * @param {Map<number, Open>} calls
 * @param {number} event
 * @param {number} number
 * @param {string} text
 */
function settle(calls, event, number, text) {
  const call = calls.get(number);
  if (!call) return;
  finish(call, number);
  try {
    const value = JSON.parse(text);
    if (event === RESOLVED) call.resolve(value);
    else call.reject(toError(value));
  } catch (error) {
    call.reject(fromNative(error));
  }
}

/**
 * @param {Open} call
 * @param {number} number
 */
function finish({ link, unlisten }, number) {
  unlisten?.();
  link.calls.delete(number);
  if (link.calls.size === 0) link.native.hold(false);
}

/**
 * Starts a call of the native client, and keeps the process alive until its outcome is here.
 *
 * @param {Link} link
 * @param {(native: import('../js-binding').NativeClient, number: number, aborted?: boolean) => void}
 *   begin starts it under a number; `aborted` is undefined if nothing can abort it
 * @param {Hooks} [hooks]
 * @returns {Promise<any>}
 */
function start(link, begin, { signal, onAbort, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted && !onAbort) return reject(signal.reason);
    link.last = (link.last + 1) >>> 0;
    const number = link.last;
    /** @type {Open} */
    const call = { link, resolve, reject, onProgress, unlisten: undefined };
    if (link.calls.size === 0) link.native.hold(true);
    link.calls.set(number, call);
    const early = signal?.aborted;
    try {
      begin(link.native, number, early);
    } catch (error) {
      finish(call, number);
      return reject(fromNative(error));
    }
    if (signal && !early) {
      const abort = () => {
        link.native.cancel(number);
        if (!onAbort) reject(signal.reason);
      };
      signal.addEventListener('abort', abort);
      call.unlisten = () => signal.removeEventListener('abort', abort);
      // What is read while a call begins may be code of the user's.
      if (signal.aborted) abort();
    }
    return undefined;
  });
}

/**
 * A user's callback for progress: called in its own asynchronous context, and unable to do harm.
 *
 * @param {(done: number, total: number) => void} callback
 * @param {number} total
 */
function guardProgress(callback, total) {
  const { AsyncResource } = require('node:async_hooks');
  const bound = AsyncResource.bind(callback);
  return (/** @type {number} */ done) => {
    try {
      bound(done, total);
    } catch (error) {
      const { toText } = require('./error-detail');
      emit('WARN', `onProgress threw, the batch goes on: ${toText(error)}`);
    }
  };
}

module.exports = { connect, guardProgress, start };
