'use strict';

const { start } = require('./call');

/** @typedef {import('./call').Link} Link */

/** Ends of a process that it can be told of. Without a listener the operating system just ends it. */
const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGINT']);

/** Tells the listeners of all copies of this package in a process from those of others. */
const OURS = Symbol.for('infinium-o2 exit');

/**
 * Clients with tasks that are pending. Only while there are any does this listen to the process.
 * @type {Set<Link>}
 */
const pending = new Set();

let listening = false;

/**
 * When the end of the process began to wait.
 * @type {number | undefined}
 */
let began;

/**
 * Follows what a client has pending.
 *
 * @param {Link} link
 */
function update(link) {
  if (link.sends > 0 || link.background) pending.add(link);
  else pending.delete(link);
  if (listening !== pending.size > 0) listen(pending.size > 0);
}

/** @param {boolean} on */
function listen(on) {
  listening = on;
  // First in line: a listener of the user's may end the process on the spot, and one that was for once is
  // no longer among the listeners when those after it are called.
  const method = on ? 'prependListener' : 'removeListener';
  process[method]('beforeExit', onBeforeExit);
  process[method]('exit', drain);
  for (const signal of SIGNALS) process[method](signal, onSignal);
}

/**
 * Nothing is left to do but what is in the background: it goes on as long as anything gets through.
 */
function onBeforeExit() {
  for (const link of pending) {
    if (link.hopeless) continue;
    const over = (/** @type {unknown} */ all) => {
      link.hopeless = all !== true;
    };
    start(link, (native, number) => native.linger(number, link.exitTimeout)).then(over, over);
  }
}

/** The process ends: its own threads go on sending while this one waits. */
function drain() {
  began ??= performance.now();
  for (const link of pending) {
    // What got nothing through for that long has had its time.
    const limit = link.hopeless ? 0 : link.exitTimeout;
    link.native.drain(Math.max(0, limit - (performance.now() - began)));
  }
}

/** Something was handed over: by a listener at the end of the process it comes after the listener here. */
function handedOver() {
  if (/** @type {any} */ (process)._exiting) drain();
}

/** @param {NodeJS.Signals} signal */
function onSignal(signal) {
  // Whoever else listens decides what the signal means, and may let the process go on.
  const ours = process.listeners(signal).filter((listener) => OURS in listener).length;
  if (process.listenerCount(signal) > ours + countSignalExit()) return;
  drain();
  listen(false);
  // Now it does what it would have done.
  process.kill(process.pid, signal);
}

Object.defineProperty(onSignal, OURS, { value: true });

/**
 * The listeners of the package signal-exit, which stand back for others just as this one does: if neither
 * went on, the process would.
 */
function countSignalExit() {
  const older = /** @type {any} */ (process).__signal_exit_emitter__?.count ?? 0;
  const newer = /** @type {any} */ (globalThis)[Symbol.for('signal-exit emitter')]?.count ?? 0;
  return older + newer;
}

module.exports = { handedOver, update };
