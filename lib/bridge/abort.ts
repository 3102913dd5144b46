import type { AbortSignalLike } from '../../index';
import { TimeoutError } from './errors';
import { MAX_TIMER_DELAY } from './limits';

interface Listening {
  calls: Set<() => void>;
  listener: () => void;
}

/**
 * The one listener of each signal. Node.js warns of a leak when a signal has many listeners, so all calls share
 * one.
 */
const listening = new WeakMap<object, Listening>();

/** Why a call was aborted. The caller gets the reason itself. */
export class Aborted {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/**
 * Calls `end` with an `Aborted` when the signal is aborted, or with a `TimeoutError` at the deadline.
 *
 * @param deadline milliseconds
 * @returns stops listening
 */
export function listen(
  signal: AbortSignalLike | undefined,
  deadline: number | undefined,
  end: (reason: unknown) => void,
): () => void {
  const abort = () => end(new Aborted(signal?.reason));
  if (signal) add(signal, abort);
  const timer =
    deadline !== undefined && deadline <= MAX_TIMER_DELAY
      ? setTimeout(() => end(toOverdue(deadline)), deadline)
      : undefined;
  // Starting a call can run code of the user, which may have aborted the signal.
  if (signal?.aborted) abort();
  return () => {
    if (signal) remove(signal, abort);
    clearTimeout(timer);
  };
}

function add(signal: AbortSignalLike, abort: () => void): void {
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

function remove(signal: AbortSignalLike, abort: () => void): void {
  const known = listening.get(signal);
  if (!known?.calls.delete(abort) || known.calls.size > 0) return;
  listening.delete(signal);
  try {
    signal.removeEventListener('abort', known.listener);
  } catch {
    // A listener that cannot be removed does no harm.
  }
}

function toOverdue(deadline: number): TimeoutError {
  const message = `not done within the deadline of ${deadline} ms; raise it, or check why the platform is slow`;
  return new TimeoutError(message, { timeoutDuration: deadline });
}
