'use strict';

/** @typedef {import('../../index').AbortSignalLike} Signal */

/**
 * What listens to each signal. It is listened to once, however many calls it may end: Node.js takes many
 * listeners of one signal for a leak, and warns.
 * @type {WeakMap<object, { calls: Set<() => void>, listener: () => void }>}
 */
const listening = new WeakMap();

/**
 * Why a call was aborted. It reaches the caller as it is.
 */
class Aborted {
  /** @param {unknown} reason */
  constructor(reason) {
    this.reason = reason;
  }
}

/**
 * Calls `end` with an `Aborted` when the signal is aborted, or with a TimeoutError when the time is over,
 * unless it is told not to any more.
 *
 * @param {Signal | undefined} signal
 * @param {number | undefined} deadline milliseconds
 * @param {(reason: unknown) => void} end
 * @returns {() => void} tells it
 */
function listen(signal, deadline, end) {
  const abort = () => end(new Aborted(signal?.reason));
  if (signal) add(signal, abort);
  // A timer takes no more than this.
  const timer =
    deadline !== undefined && deadline < 2 ** 31
      ? setTimeout(() => end(toOverdue(deadline)), deadline)
      : undefined;
  // What is read while a call begins may be code of the user's.
  if (signal?.aborted) abort();
  return () => {
    if (signal) remove(signal, abort);
    clearTimeout(timer);
  };
}

/**
 * @param {Signal} signal
 * @param {() => void} abort
 */
function add(signal, abort) {
  const known = listening.get(signal);
  if (known) {
    known.calls.add(abort);
    return;
  }
  const calls = new Set([abort]);
  const listener = () => {
    for (const call of [...calls]) call();
  };
  signal.addEventListener('abort', listener);
  listening.set(signal, { calls, listener });
}

/**
 * @param {Signal} signal
 * @param {() => void} abort
 */
function remove(signal, abort) {
  const known = listening.get(signal);
  if (!known?.calls.delete(abort) || known.calls.size > 0) return;
  listening.delete(signal);
  try {
    signal.removeEventListener('abort', known.listener);
  } catch {
    // A signal that will not let go of a listener has one that does nothing.
  }
}

/** @param {number} deadline milliseconds */
function toOverdue(deadline) {
  const { TimeoutError } = require('./errors');
  const message = `not done within the deadline of ${deadline} ms; raise it, or see why the platform is slow`;
  return new TimeoutError(message, { timeoutDuration: deadline });
}

module.exports = { Aborted, listen };
