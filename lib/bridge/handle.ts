import { runtime } from './backend';
import { type CallTable, type OpenCall, settle, startCall } from './calls';
import { publishDelivery } from './diagnostics';
import { fromNative } from './failure';
import { lazy } from './lazy';
import { toLevelName } from './levels';
import type { PendingClient } from './lifecycle';
import { emitEvent } from './logging';
import { EventKind, type LogLevel, NativeClient } from './native';
import { WARNING_CODES, warn } from './warnings';

/** The parameters of a handle. */
export interface HandleSetup {
  /** The options of the native client, as JSON. */
  options: string;
  /** The lowest level that is logged; undefined to log nothing. */
  logLevel: LogLevel | undefined;
  /** Whether the first problem of each kind in the background is a warning of the process. */
  warns: boolean;
  /** How long an ending process waits for pending tasks, in milliseconds. */
  exitTimeout: number;
  /** Whether there is a spool, which may contain tasks of earlier processes. */
  spools: boolean;
}

/** Receives the outcome of a task: the answer, or a description of the error, in JSON. */
export type Follower = (outcome: 'delivered' | 'undelivered', json: string) => void;

/** Makes the native half of a client. */
export type MakeNative = (...values: ConstructorParameters<typeof NativeClient>) => NativeClient;

/** Keeps a handle reachable while it has tasks in the background. */
interface Keeper {
  handle?: Handle;
  /** The handle of a client that may find tasks of other processes in its spool. */
  finder?: WeakRef<Handle>;
}

/** The property of a client that holds its handle. It is a property so that proxies of clients work too. */
export const kHandle = Symbol('handle');

export function handleOf(client: object): Handle {
  return (client as { [kHandle]: Handle })[kHandle];
}

const lost = lazy(() => require('./lost') as typeof import('./lost'));
// Loaded with the first task, because it is not needed earlier.
const lifecycle = lazy(() => require('./lifecycle') as typeof import('./lifecycle'));

/** A client's native half, its calls, and its background. */
export class Handle implements CallTable, PendingClient {
  readonly native: NativeClient;
  readonly exitTimeout: number;
  readonly open = new Map<number, OpenCall>();
  /** Tasks in the background whose outcome is asked for, by their ids. */
  readonly followed = new Map<number, Follower>();
  #lastFollowed = 0;
  lastCallId = 0;
  openSends = 0;
  gaveUp = false;
  /** Keeps this alive while there are tasks in the background, even if the program drops its client. */
  readonly #keeper: Keeper = {};
  /** Whether to say so when the process ends with tasks that nothing keeps. */
  #reportsLost: boolean;

  constructor({ options, logLevel, warns, exitTimeout, spools }: HandleSetup, make: MakeNative) {
    const setup = { logLevel, warns, exitTimeoutMs: exitTimeout };
    this.native = make(options, setup, createReceiver(this.open, this.followed, this.#keeper));
    this.exitTimeout = exitTimeout;
    // Without the addon, the native half says it, and why.
    this.#reportsLost = !spools && runtime === 'native' && (warns || logLevel !== undefined);
    if (!spools) return;
    this.#keeper.finder = new WeakRef(this);
    this.followBackground();
  }

  /** Keeps this alive and pending until no task is left in the background. */
  followBackground(): void {
    if (this.#keeper.handle) return;
    this.#keeper.handle = this;
    this.native.notifyWhenIdle();
    this.onPendingChange();
  }

  /** The background was empty when this event was sent. */
  onIdle(): void {
    this.#keeper.handle = undefined;
    if (this.native.backgroundCount > 0) this.followBackground();
    else this.onPendingChange();
  }

  /** A task was added to the background. */
  onEnqueue(): void {
    this.gaveUp = false;
    this.followBackground();
    if (this.exitTimeout > 0) lifecycle().onEnqueue();
  }

  /** Calls a function with the outcome of a task. Returns the id for the task. */
  follow(follower: Follower): number {
    this.#lastFollowed = (this.#lastFollowed + 1) >>> 0;
    this.followed.set(this.#lastFollowed, follower);
    return this.#lastFollowed;
  }

  onPendingChange(): void {
    if (this.exitTimeout > 0) lifecycle().update(this);
  }

  isPending(): boolean {
    return this.openSends > 0 || this.#keeper.handle !== undefined;
  }

  linger(): Promise<unknown> {
    return startCall(this, (native, callId) => native.linger(callId, this.exitTimeout));
  }

  flush(limit: number): Promise<unknown> {
    return startCall(this, (native, callId) => native.flush(callId, limit));
  }

  drain(limit: number): number {
    const took = this.native.drain(limit);
    if (this.#reportsLost) {
      // Another end may follow this one: that of a signal, for example.
      this.#reportsLost = false;
      lost().reportLost(this.native.stats());
    }
    return took;
  }
}

/**
 * Creates the function that receives the events of the native client. It must not refer to the handle or the native
 * client: the native client refers to the function, so a cycle would prevent garbage collection.
 */
function createReceiver(
  calls: Map<number, OpenCall>,
  followed: Map<number, Follower>,
  keeper: Keeper,
) {
  return (kinds: EventKind[], ids: number[], texts: string[]): void => {
    for (let index = 0; index < texts.length; index += 1) {
      const kind = kinds[index];
      const id = ids[index];
      const text = texts[index];
      if (kind === EventKind.Resolved || kind === EventKind.Rejected) settle(calls, kind, id, text);
      else if (kind === EventKind.Progress) calls.get(id)?.onProgress?.(Number(text));
      else if (kind === EventKind.Log) emitEvent(toLevelName(id), text);
      else if (kind === EventKind.Delivery) publishDelivery(text);
      else if (kind === EventKind.Delivered) tell(followed, id, 'delivered', text);
      else if (kind === EventKind.Undelivered) tell(followed, id, 'undelivered', text);
      else if (kind === EventKind.Notice) warn(WARNING_CODES[id], text);
      else if (kind === EventKind.Adopted) keeper.finder?.deref()?.followBackground();
      else keeper.handle?.onIdle();
    }
  };
}

/** Tells the outcome of a task in the background. */
function tell(
  followed: Map<number, Follower>,
  id: number,
  outcome: 'delivered' | 'undelivered',
  json: string,
): void {
  const follower = followed.get(id);
  followed.delete(id);
  try {
    follower?.(outcome, json);
  } catch {
    // The other events must arrive.
  }
}

const makeNative: MakeNative = (...values) => new NativeClient(...values);

/**
 * @param make makes the native half. Default: the addon, or what stands in for it.
 * @throws {InfiniumError} a `ConfigurationError` if an option is wrong
 */
export function createHandle(setup: HandleSetup, make: MakeNative = makeNative): Handle {
  try {
    return new Handle(setup, make);
  } catch (error) {
    throw fromNative(error);
  }
}
