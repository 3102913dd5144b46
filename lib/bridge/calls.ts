import type { AbortSignalLike } from '../../index';
import { Aborted, listen } from './abort';
import { followSubscribers } from './diagnostics';
import { type ErrorDescription, fromNative, toError } from './failure';
import { Abortable, EventKind, type NativeClient } from './native';

/** The calls of one client. */
export interface CallTable {
  readonly native: NativeClient;
  /** Calls without an outcome, by their ids. */
  readonly open: Map<number, OpenCall>;
  /** The id of the last call. */
  lastCallId: number;
  /** The number of open calls that send tasks. */
  openSends: number;
  /** Called when the first such call starts and when the last one ends. */
  onPendingChange(): void;
}

/** A call without an outcome. */
export interface OpenCall {
  /** Keeps the native half alive until the outcome arrives. */
  readonly table: CallTable;
  readonly resolve: (value: any) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: ((done: number) => void) | undefined;
  readonly sends: boolean;
  /** Stops listening to the signal and the deadline. */
  unlisten: (() => void) | undefined;
}

/** Options of a call. */
export interface CallHooks {
  signal?: AbortSignalLike | undefined;
  /** Milliseconds until the call is aborted with a `TimeoutError`. */
  deadline?: number | undefined;
  /** Called instead of rejecting immediately. The reason of a signal is an `Aborted`. */
  onAbort?: (reason: unknown) => void;
  /** Whether the call sends tasks, which the end of the process waits for. Default false. */
  sends?: boolean;
  onProgress?: ((done: number) => void) | undefined;
}

/** Starts a call under its id. Returns the outcome if it is available at once, otherwise null or undefined. */
export type Begin = (native: NativeClient, callId: number, abortable: Abortable) => unknown;

/** Starts a call of the native client, and keeps the process alive until the outcome arrives. */
export function startCall<T = any>(
  table: CallTable,
  begin: Begin,
  { signal, deadline, onAbort, onProgress, sends = false }: CallHooks = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = readAborted(signal);
    if (aborted && !onAbort) return reject(aborted);
    if (sends) followSubscribers(table.native);
    table.lastCallId = (table.lastCallId + 1) >>> 0;
    const callId = table.lastCallId;
    const call: OpenCall = { table, resolve, reject, onProgress, sends, unlisten: undefined };
    open(call, callId);
    const end = onAbort ?? reject;
    let abortable: Abortable = Abortable.No;
    if (aborted) {
      abortable = Abortable.Aborted;
      end(aborted);
    } else if (signal !== undefined || deadline !== undefined) abortable = Abortable.Yes;
    try {
      const outcome = begin(table.native, callId, abortable);
      if (outcome !== undefined && outcome !== null) {
        finish(call, callId);
        return resolve(outcome as T);
      }
    } catch (error) {
      finish(call, callId);
      return reject(fromNative(error));
    }
    if (abortable !== Abortable.Yes) return undefined;
    const cancel = (reason: unknown) => {
      table.native.cancel(callId);
      end(reason);
    };
    try {
      call.unlisten = listen(signal, deadline, cancel);
    } catch (error) {
      // A signal that cannot be listened to counts as aborted.
      cancel(new Aborted(error));
    }
    return undefined;
  });
}

/** Returns the reason of a signal that is aborted. One whose members throw counts as aborted, too. */
export function readAborted(signal: AbortSignalLike | undefined): Aborted | undefined {
  try {
    return signal?.aborted ? new Aborted(signal.reason) : undefined;
  } catch (error) {
    return new Aborted(error);
  }
}

function open(call: OpenCall, callId: number): void {
  const { table, sends } = call;
  if (table.open.size === 0) table.native.ref();
  table.open.set(callId, call);
  if (!sends) return;
  table.openSends += 1;
  if (table.openSends === 1) table.onPendingChange();
}

/** Settles the promise of a call with its outcome. */
export function settle(
  calls: Map<number, OpenCall>,
  kind: EventKind,
  callId: number,
  json: string,
): void {
  const call = calls.get(callId);
  if (!call) return;
  finish(call, callId);
  try {
    const value: unknown = JSON.parse(json);
    if (kind === EventKind.Resolved) call.resolve(value);
    else call.reject(toError(value as ErrorDescription));
  } catch (error) {
    call.reject(fromNative(error));
  }
}

function finish({ table, unlisten, sends }: OpenCall, callId: number): void {
  unlisten?.();
  table.open.delete(callId);
  if (sends) {
    table.openSends -= 1;
    if (table.openSends === 0) table.onPendingChange();
  }
  if (table.open.size === 0) table.native.unref();
}
