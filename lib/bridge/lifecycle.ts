import { runtime } from './backend';

/** A client, as seen when the process ends. */
export interface PendingClient {
  /** Milliseconds. */
  readonly exitTimeout: number;
  /** Whether nothing could be delivered for that time while the process was ending. */
  gaveUp: boolean;
  /** Whether it has tasks without an outcome. */
  isPending(): boolean;
  /**
   * Keeps the process alive until nothing is pending, or until nothing could be delivered for `exitTimeout`.
   *
   * @returns true if nothing is pending
   */
  linger(): Promise<unknown>;
  /**
   * Blocks until nothing is pending, but no longer than this many milliseconds.
   *
   * @returns how long that took in milliseconds, or -1 if another signal ended it
   */
  drain(limit: number): number;
  /** Waits likewise without blocking. */
  flush(limit: number): Promise<unknown>;
}

/** Signals that end the process by default and that a process can handle. */
const SIGNALS: NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGTERM', 'SIGINT', 'SIGHUP']
    : ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

/** Marks the listeners of all copies of this package in the process. */
const OURS = Symbol.for('infinium-o2 exit');

/** Clients with pending tasks. Process listeners are installed only while there are any. */
const pending = new Set<PendingClient>();

let listening = false;

/** Whether a signal waits for the end of deliveries. */
let leaving = false;

/** What the copies of this package in a process share. */
interface Ending {
  /** How long the ending process has already waited, in milliseconds. */
  waited: number;
}

/** All copies of this package share one budget, so that they do not wait one after the other. */
function ending(): Ending {
  const key = Symbol.for('infinium-o2@1 ending');
  const shared = process as unknown as Record<symbol, Ending | undefined>;
  shared[key] ??= { waited: 0 };
  return shared[key];
}

/** Updates whether an ending process waits for a client. */
export function update(client: PendingClient): void {
  if (client.isPending()) pending.add(client);
  else pending.delete(client);
  if (listening !== pending.size > 0) toggleListeners();
}

function toggleListeners(): void {
  // Workers have no end that could be waited for.
  if (!process.prependListener) return;
  // Registered first: a listener of the user may end the process at once. Also, a `once` listener of the user is
  // already removed when later listeners run, so they cannot count it.
  const method = listening ? 'removeListener' : 'prependListener';
  listening = !listening;
  process[method]('beforeExit', onBeforeExit);
  process[method]('exit', drain);
  for (const signal of SIGNALS) process[method](signal, onSignal);
}

/** Only deliveries keep the process alive now. They continue while they succeed. */
function onBeforeExit(): void {
  for (const client of pending) {
    if (client.gaveUp) continue;
    const done = (all: unknown) => {
      client.gaveUp = all !== true;
    };
    client.linger().then(done, done);
  }
}

/** The process ends. Native threads continue sending while this thread waits. */
function drain(): void {
  const shared = ending();
  for (const client of pending) {
    // A client that gave up has already used its time.
    const limit = client.gaveUp ? 0 : client.exitTimeout;
    // Measured by the addon: a test may have replaced the clocks of this process.
    const took = client.drain(Math.max(0, limit - shared.waited));
    // Another signal: the user does not want to wait.
    shared.waited = took < 0 ? Number.POSITIVE_INFINITY : shared.waited + took;
  }
}

/** A task was enqueued. If a listener of `exit` enqueued it, our own listener has already run. */
export function onEnqueue(): void {
  if ((process as any)._exiting) drain();
}

function onSignal(signal: NodeJS.Signals): void {
  // Other listeners decide what the signal does. They may keep the process running.
  if (process.listenerCount(signal) > countOurs(signal) + countSignalExit()) return;
  if (runtime === 'wasm' && !leaving) {
    // WebAssembly sends nothing while this thread waits. Another signal ends the wait.
    leaving = true;
    const flushed = [...pending].map((client) => client.flush(client.exitTimeout));
    Promise.allSettled(flushed).then(() => leave(signal));
  } else {
    leave(signal);
  }
}

function leave(signal: NodeJS.Signals): void {
  drain();
  if (listening) toggleListeners();
  // The last copy of this package raises the signal: the others would take it for one that ends their wait.
  if (countOurs(signal) > 0) return;
  // Without our listener, the signal has its usual effect.
  process.kill(process.pid, signal);
}

Object.defineProperty(onSignal, OURS, { value: true });

/** Counts the listeners of all copies of this package. */
function countOurs(signal: NodeJS.Signals): number {
  return process.listeners(signal).filter((listener) => OURS in listener).length;
}

/**
 * Counts the listeners of the package signal-exit. They wait for other listeners just as ours does, so the process
 * would never end if both waited for each other.
 */
function countSignalExit(): number {
  const older: number = (process as any).__signal_exit_emitter__?.count ?? 0;
  const newer: number = (globalThis as any)[Symbol.for('signal-exit emitter')]?.count ?? 0;
  return older + newer;
}
