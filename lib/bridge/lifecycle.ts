/** A client, as the end of the process sees it. */
export interface PendingClient {
  /** Milliseconds. */
  readonly exitTimeout: number;
  /** Whether nothing could be delivered for that time at the end of the process. */
  gaveUp: boolean;
  /** Whether it has tasks without an outcome. */
  isPending(): boolean;
  /**
   * Keeps the process alive until nothing is pending, or until nothing could be delivered for `exitTimeout`.
   *
   * @returns true if nothing is pending
   */
  linger(): Promise<unknown>;
  /** Blocks until nothing is pending, for at most so many milliseconds. */
  drain(limit: number): void;
}

/** Signals that end the process, and that it can react to. Without a listener the operating system ends it. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Marks the listeners of all copies of this package in a process. */
const OURS = Symbol.for('infinium-o2 exit');

/** Clients with pending tasks. This listens to the process only while there are any. */
const pending = new Set<PendingClient>();

let listening = false;

/** When the process began to end. */
let endedAt: number | undefined;

/** Updates whether the end of the process waits for a client. */
export function update(client: PendingClient): void {
  if (client.isPending()) pending.add(client);
  else pending.delete(client);
  if (listening !== pending.size > 0) toggleListeners();
}

function toggleListeners(): void {
  // First in line: a listener of the user may end the process at once. And a `once` listener of the user is
  // already removed when later listeners run, so they cannot count it.
  const method = listening ? 'removeListener' : 'prependListener';
  listening = !listening;
  process[method]('beforeExit', onBeforeExit);
  process[method]('exit', drain);
  for (const signal of SIGNALS) process[method](signal, onSignal);
}

/** Nothing is left to do except for deliveries. They go on as long as they succeed. */
function onBeforeExit(): void {
  for (const client of pending) {
    if (client.gaveUp) continue;
    const done = (all: unknown) => {
      client.gaveUp = all !== true;
    };
    client.linger().then(done, done);
  }
}

/** The process ends: native threads go on sending while this thread waits. */
function drain(): void {
  endedAt ??= performance.now();
  for (const client of pending) {
    // A client that gave up has already used its time.
    const limit = client.gaveUp ? 0 : client.exitTimeout;
    client.drain(Math.max(0, limit - (performance.now() - endedAt)));
  }
}

/** A task was enqueued. If a listener of `exit` did it, our own listener has already run. */
export function onEnqueue(): void {
  if ((process as any)._exiting) drain();
}

function onSignal(signal: NodeJS.Signals): void {
  // Other listeners decide what the signal means. They may keep the process running.
  const ours = process.listeners(signal).filter((listener) => OURS in listener).length;
  if (process.listenerCount(signal) > ours + countSignalExit()) return;
  drain();
  if (listening) toggleListeners();
  // Without our listener, the signal has its usual effect.
  process.kill(process.pid, signal);
}

Object.defineProperty(onSignal, OURS, { value: true });

/**
 * Counts the listeners of the package signal-exit. They wait for other listeners just as ours does, so if neither
 * ended the process, it would go on.
 */
function countSignalExit(): number {
  const older: number = (process as any).__signal_exit_emitter__?.count ?? 0;
  const newer: number = (globalThis as any)[Symbol.for('signal-exit emitter')]?.count ?? 0;
  return older + newer;
}
