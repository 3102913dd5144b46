import type { ApiResponse, TaskData } from '../../index';
import { withEnvironment } from './built';
import { startCall } from './calls';
import { followSubscribers } from './diagnostics';
import { InfiniumError } from './errors';
import { type ErrorDescription, fromNative, toError } from './failure';
import { type Handle, handleOf } from './handle';
import { emit } from './logging';
import { DroppedFor } from './native';
import { readTask } from './read-task';
import { settingsOf } from './settings';
import { getCurrentIsoDatetime } from './time';

/** How long a request is kept open in milliseconds without any delivery. */
const REQUEST_LIMIT = 2_000;

/** The handles for which a serverless request already waits. */
const waiting = new WeakMap<object, Set<Handle>>();

/** What has become of a task in the background. */
export interface Outcome {
  response?: ApiResponse;
  /** Why it was not delivered. */
  error?: InfiniumError;
}

/**
 * Accepts a task for background delivery.
 *
 * @param done called once it is known what has become of the task, unless this throws
 * @returns false if it is not sent: there was no room for it, or `beforeSend` has dropped it
 * @throws {InfiniumError} a `ValidationError` or `PayloadTooLargeError` if the task is wrong, or an error because
 *   the client is closed
 */
export function enqueue(client: object, task: unknown, done?: (outcome: Outcome) => void): boolean {
  const handle = handleOf(client);
  const { enabled, beforeSend } = settingsOf(client);
  let sent = withEnvironment(client, task);
  if (beforeSend) {
    sent = prepare(beforeSend, sent);
    if (sent === undefined) return drop(handle, DroppedFor.BeforeSend, 'beforeSend', done);
  }
  const json = readTask(sent);
  if (!enabled) return check(handle, json, done);
  followSubscribers(handle.native);
  const id = done && handle.follow((kind, text) => done(toOutcome(kind, text)));
  let accepted: boolean;
  try {
    accepted = handle.native.enqueue(json, getCurrentIsoDatetime(), id);
  } catch (error) {
    if (id !== undefined) handle.followed.delete(id);
    throw fromNative(error);
  }
  handle.onEnqueue();
  outliveRequest(handle);
  return accepted;
}

/** Counts a task that is not sent. */
export function drop(
  handle: Handle,
  reason: DroppedFor,
  name: string,
  done?: (outcome: Outcome) => void,
): false {
  handle.native.countDropped(reason);
  done?.({ error: new InfiniumError(`the task was dropped: ${name}`) });
  return false;
}

/** Returns undefined if the task is not to be sent. A task that could not be prepared is never sent unseen. */
function prepare(beforeSend: (task: TaskData) => unknown, task: unknown): unknown {
  try {
    const prepared = beforeSend(task as TaskData);
    if (typeof prepared === 'object' && prepared !== null && !('then' in prepared)) return prepared;
    if (prepared !== null) {
      emit(
        'ERROR',
        `beforeSend must return a task or null (got ${typeof prepared}): the task is dropped`,
      );
    }
  } catch (error) {
    emit('ERROR', `beforeSend threw, so the task is dropped: ${String(error)}`);
  }
  return undefined;
}

function check(handle: Handle, json: string, done?: (outcome: Outcome) => void): boolean {
  try {
    handle.native.check(json, getCurrentIsoDatetime());
  } catch (error) {
    throw fromNative(error);
  }
  done?.({ error: new InfiniumError('the task was dropped: disabled') });
  return true;
}

function toOutcome(kind: 'delivered' | 'undelivered', json: string): Outcome {
  const value: unknown = JSON.parse(json);
  return kind === 'delivered'
    ? { response: value as ApiResponse }
    : { error: toError(value as ErrorDescription) };
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
