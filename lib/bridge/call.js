'use strict';

const { types } = require('node:util');
const { Aborted, listen } = require('./abort');
const { NativeClient } = require('./native');
const { fromNative, toError } = require('./failure');
const { LEVELS, emit, emitForClient } = require('./logging');

// What the native client tells; the numbers are those of `src/mailbox.rs`.
const RESOLVED = 0;
const REJECTED = 1;
const PROGRESS = 2;
const LOG = 3;

/**
 * The connection of a client object to its native half.
 * @typedef {object} Link
 * @property {import('../../js-binding').NativeClient} native
 * @property {Map<number, Open>} calls those without an outcome yet
 * @property {number} last the number of the last call
 * @property {number} sends how many of the calls are there to send tasks
 * @property {{ link?: Link }} busy keeps the native half alive as long as there is something in the background
 * @property {boolean} background whether there are tasks in the background
 * @property {number} exitTimeout milliseconds
 * @property {boolean} hopeless whether the last attempt to get rid of them at the end was in vain
 */

/**
 * A call without an outcome.
 * @typedef {object} Open
 * @property {Link} link keeps the native half alive as long as something is to come from it
 * @property {(value: any) => void} resolve
 * @property {(reason: unknown) => void} reject
 * @property {((done: number) => void) | undefined} onProgress
 * @property {(() => void) | undefined} unlisten
 * @property {boolean} sends
 */

/**
 * What a call may be given beside its arguments.
 * @typedef {object} Hooks
 * @property {import('../../index').AbortSignalLike} [signal]
 * @property {number} [deadline] milliseconds until it is aborted with a TimeoutError
 * @property {(reason: unknown) => void} [onAbort] in place of an immediate rejection; a reason of the
 *   signal's is an `Aborted`
 * @property {boolean} [sends] whether it is there to send tasks, which the end of the process waits for
 * @property {(done: number) => void} [onProgress]
 */

/**
 * Makes the native half of a client.
 *
 * @param {ReturnType<typeof import('../client/config').readConfig>} config
 * @returns {Link}
 */
function connect({ options, logLevel, exitTimeout, spools }) {
  /** @type {Map<number, Open>} */
  const calls = new Map();
  /** @type {Link['busy']} */
  const busy = {};
  // This must not refer to the native client: it is what the native client holds on to.
  const receive = (/** @type {number[]} */ heads, /** @type {string[]} */ texts) => {
    for (let index = 0; index < texts.length; index += 1) {
      const event = heads[2 * index];
      const number = heads[2 * index + 1];
      const text = texts[index];
      if (event === RESOLVED || event === REJECTED) settle(calls, event, number, text);
      else if (event === PROGRESS) calls.get(number)?.onProgress?.(Number(text));
      else if (event === LOG) emitForClient(LEVELS[number], text);
      else busy.link && onIdle(busy.link);
    }
  };
  try {
    const native = new NativeClient(options, logLevel, receive);
    const state = { sends: 0, background: false, hopeless: false };
    const link = { native, calls, busy, exitTimeout, last: 0, ...state };
    if (spools) followBackground(link);
    return link;
  } catch (error) {
    throw fromNative(error);
  }
}

/**
 * Nothing is left in the background, unless something has come since this was sent.
 * @param {Link} link
 */
function onIdle(link) {
  link.background = false;
  link.busy.link = undefined;
  if (link.native.background > 0) followBackground(link);
  else follow(link);
}

/**
 * Follows what a client has in the background, until there is nothing left.
 * @param {Link} link
 */
function followBackground(link) {
  if (link.background) return;
  link.background = true;
  link.busy.link = link;
  link.native.tellWhenIdle();
  follow(link);
}

/**
 * Lets the end of the process wait for a client with tasks that are pending, and only for such.
 * @param {Link} link
 */
function follow(link) {
  // Loaded with the first task: it is of no use before.
  if (link.exitTimeout > 0) require('./exit').update(link);
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
function finish({ link, unlisten, sends }, number) {
  unlisten?.();
  link.calls.delete(number);
  if (sends) {
    link.sends -= 1;
    if (link.sends === 0) follow(link);
  }
  if (link.calls.size === 0) link.native.hold(false);
}

/**
 * Starts a call of the native client, and keeps the process alive until its outcome is here.
 *
 * @param {Link} link
 * @param {(native: import('../../js-binding').NativeClient, number: number, aborted?: boolean) => unknown}
 *   begin starts it under a number, and returns the outcome if it is there at once; `aborted` is undefined
 *   if nothing can abort it
 * @param {Hooks} [hooks]
 * @returns {Promise<any>}
 */
function start(link, begin, { signal, deadline, onAbort, onProgress, sends = false } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted && !onAbort) return reject(new Aborted(signal.reason));
    link.last = (link.last + 1) >>> 0;
    const number = link.last;
    /** @type {Open} */
    const call = { link, resolve, reject, onProgress, unlisten: undefined, sends };
    if (link.calls.size === 0) link.native.hold(true);
    link.calls.set(number, call);
    if (sends) {
      link.sends += 1;
      if (link.sends === 1) follow(link);
    }
    const canEnd = signal !== undefined || deadline !== undefined;
    const early = canEnd ? (signal?.aborted ?? false) : undefined;
    const end = onAbort ?? reject;
    if (early) end(new Aborted(signal?.reason));
    try {
      // Some are done as soon as they begin.
      const done = begin(link.native, number, early);
      if (done !== undefined && done !== null) {
        finish(call, number);
        return resolve(done);
      }
    } catch (error) {
      finish(call, number);
      return reject(fromNative(error));
    }
    if (!canEnd || early) return undefined;
    const cut = (/** @type {unknown} */ reason) => {
      link.native.cancel(number);
      end(reason);
    };
    try {
      call.unlisten = listen(signal, deadline, cut);
    } catch (error) {
      // A signal that cannot be listened to is as good as aborted.
      cut(new Aborted(error));
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
  const complain = (/** @type {unknown} */ error) => {
    const { toText } = require('../trace/error-detail');
    emit('WARN', `onProgress threw, the batch goes on: ${toText(error)}`);
  };
  return (/** @type {number} */ done) => {
    try {
      /** @type {unknown} */
      const told = bound(done, total);
      if (types.isPromise(told)) told.then(undefined, complain);
    } catch (error) {
      complain(error);
    }
  };
}

module.exports = { connect, followBackground, guardProgress, start };
