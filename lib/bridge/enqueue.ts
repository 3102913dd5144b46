import { startCall } from './calls';
import { followSubscribers } from './diagnostics';
import { fromNative } from './failure';
import { type Handle, handleOf } from './handle';
import { readTask } from './read-task';
import { getCurrentIsoDatetime } from './time';

/** How long a request is kept open in milliseconds without any delivery. */
const REQUEST_LIMIT = 2_000;

/** The handles for which a serverless request already waits. */
const waiting = new WeakMap<object, Set<Handle>>();

/**
 * Accepts a task for background delivery.
 *
 * @returns false if there was no room for it
 * @throws {InfiniumError} a `ValidationError` or `PayloadTooLargeError` if the task is wrong, or an error because
 *   the client is closed
 */
export function enqueue(client: object, task: unknown): boolean {
  const handle = handleOf(client);
  const json = readTask(task);
  followSubscribers(handle.native);
  let accepted: boolean;
  try {
    accepted = handle.native.enqueue(json, getCurrentIsoDatetime());
  } catch (error) {
    throw fromNative(error);
  }
  handle.onEnqueue();
  outliveRequest(handle);
  return accepted;
}

/** Vercel freezes a function once its response is sent, unless it is asked to wait. */
function outliveRequest(handle: Handle): void {
  try {
    const platform = globalThis as any;
    const context = platform[Symbol.for('@vercel/request-context')]?.get?.();
    if (typeof context?.waitUntil !== 'function') return;
    const handles = waiting.get(context) ?? new Set();
    if (handles.has(handle)) return;
    waiting.set(context, handles.add(handle));
    const flushed = startCall(handle, (native, callId) => native.linger(callId, REQUEST_LIMIT));
    context.waitUntil(flushed.finally(() => handles.delete(handle)));
  } catch {
    // An object that only looks like Vercel's is ignored.
  }
}
