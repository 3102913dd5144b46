import type {
  BatchSetup,
  ClientSetup,
  NativeBatch,
  NativeClient,
  PromptSetup,
  WaitSetup,
} from '../../js-binding';
import { Batch, type BatchTarget } from './batch';
import { Core } from './core';
import { makeTransport } from './transport';
import type { Transport } from './transport/exchange';

type Receive = (kinds: number[], ids: number[], texts: string[]) => void;

/** What functions of the core return. */
const FAILED = 1;
const NO_ROOM = 2;

/** A client with the methods of the native one, on WebAssembly and `fetch`. */
export class FallbackClient implements NativeClient, BatchTarget {
  readonly #core: Core;
  readonly #warns: boolean;

  /** @param transport sends the requests, instead of Node.js or `fetch` */
  constructor(options: string, setup: ClientSetup, receive: Receive, transport?: Transport) {
    const { ca_certificates: certificates = [] } = JSON.parse(options);
    this.#core = new Core(receive, transport ?? makeTransport(certificates));
    this.#warns = setup.warns || setup.logLevel !== undefined;
    const opened = this.#core.call((exports, memory) => {
      memory.pass(withAsciiHost(options));
      return exports.open(setup.logLevel ?? -1, setup.warns ? 1 : 0);
    });
    this.#throwIfFailed(opened);
  }

  get exposed(): boolean {
    return this.#core.call((exports) => exports.is_exposed()) === 1;
  }

  get backgroundCount(): number {
    return this.#core.call((exports) => exports.background_count()) ?? 0;
  }

  ref(): void {
    this.#core.keepAlive(true);
  }

  unref(): void {
    this.#core.keepAlive(false);
  }

  send(callId: number, abortable: number, task: string, now?: string | null): void {
    this.#checkLength(task);
    this.#start(callId, (exports, memory) => {
      memory.pass(task);
      return exports.send(callId, abortable, memory.passIfGiven(now));
    });
  }

  enqueue(task: string, now: string, id?: number | null): boolean {
    this.#checkLength(task);
    const outcome = this.#core.call((exports, memory) => {
      memory.pass(task);
      memory.pass(now);
      return exports.enqueue(typeof id === 'number' ? 1 : 0, id ?? 0);
    });
    this.#throwIfFailed(outcome);
    return outcome !== NO_ROOM;
  }

  countDropped(reason: number): void {
    this.#core.call((exports) => exports.count_dropped(reason));
  }

  check(task: string, now?: string | null): void {
    this.#checkLength(task);
    const outcome = this.#core.call((exports, memory) => {
      memory.pass(task);
      return exports.check(memory.passIfGiven(now));
    });
    this.#throwIfFailed(outcome);
  }

  notifyWhenIdle(): void {
    this.#core.call((exports) => exports.notify_when_idle());
  }

  /** Nothing can be sent while the process ends: `fetch` needs the event loop. */
  drain(): number {
    const { pending } = JSON.parse(this.stats());
    if (pending > 0 && this.#warns) {
      const lost = pending === 1 ? '1 task is lost' : `${pending} tasks are lost`;
      globalThis.process?.stderr?.write(
        `[infinium] ERROR ${lost}: without its addon, infinium-o2 cannot send while the process ends; ` +
          'await client.close() before that\n',
      );
    }
    return 0;
  }

  observe(on: boolean): void {
    this.#core.call((exports) => exports.observe(on ? 1 : 0));
  }

  stats(): string {
    this.#core.call((exports) => exports.stats());
    return this.#core.output();
  }

  sendBatch(callId: number, setup: BatchSetup): NativeBatch {
    const { abortable, total, concurrent, progress } = setup;
    this.#start(callId, (exports) =>
      exports.send_batch(callId, abortable, total, concurrent ? 1 : 0, progress ? 1 : 0),
    );
    return new Batch(this, callId);
  }

  addTask(callId: number, task: string): void {
    this.#checkLength(task);
    this.#core.call((exports, memory) => {
      memory.pass(task);
      exports.add_task(callId);
    });
  }

  addUnreadable(callId: number, field: string, message: string, name?: string | null): void {
    this.#core.call((exports, memory) => {
      memory.pass(field);
      memory.pass(message);
      exports.add_unreadable(callId, memory.passIfGiven(name));
    });
  }

  endBatch(callId: number): void {
    this.#core.call((exports) => exports.end_batch(callId));
  }

  interpretation(callId: number, abortable: number, traceId: string): void {
    this.#start(callId, (exports, memory) => {
      memory.pass(traceId);
      return exports.interpretation(callId, abortable);
    });
  }

  waitForInterpretation(callId: number, setup: WaitSetup): void {
    const { abortable, traceId, timeoutMs, pollIntervalMs } = setup;
    this.#start(callId, (exports, memory) => {
      memory.pass(traceId);
      return exports.wait_for_interpretation(callId, abortable, timeoutMs, pollIntervalMs);
    });
  }

  prompt(callId: number, setup: PromptSetup): void {
    const { abortable, promptId, promptKey, version, variables } = setup;
    this.#start(callId, (exports, memory) => {
      for (const text of [promptId, promptKey, version]) memory.pass(text);
      const given = memory.passIfGiven(variables && JSON.stringify(variables));
      return exports.prompt(callId, abortable, given);
    });
  }

  cancel(callId: number): void {
    this.#core.call((exports) => exports.cancel(callId));
  }

  flush(callId: number, limitMs?: number | null): boolean | null {
    return this.#wait(callId, (exports) => exports.flush(callId, limitMs ?? Number.NaN));
  }

  linger(callId: number, silenceLimitMs: number): boolean | null {
    return this.#wait(callId, (exports) => exports.linger(callId, silenceLimitMs));
  }

  close(callId: number, limitMs?: number | null): boolean | null {
    return this.#wait(callId, (exports) => exports.close(callId, limitMs ?? Number.NaN));
  }

  /** Starts a call whose outcome is an event. */
  #start(callId: number, work: Parameters<Core['start']>[1]): void {
    this.#throwIfFailed(this.#core.start(callId, work));
  }

  #wait(callId: number, work: Parameters<Core['start']>[1]): boolean | null {
    const outcome = this.#core.start(callId, work);
    return outcome === 0 ? null : outcome === 1;
  }

  #checkLength(task: string): void {
    this.#throwIfFailed(this.#core.call((exports) => exports.check_length_of_task(task.length)));
  }

  /** The bridge makes an error of the description. */
  #throwIfFailed(outcome: unknown): void {
    if (outcome === FAILED) throw new Error(this.#core.output());
  }
}

/** Writes the host of the base URL in ASCII: the core has no tables of Unicode. */
function withAsciiHost(json: string): string {
  const options = JSON.parse(json);
  const { base_url: url } = options;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  if (typeof url !== 'string' || /^[\x00-\x7f]*$/.test(url)) return json;
  try {
    return JSON.stringify({ ...options, base_url: new URL(url).href });
  } catch {
    // The core says what is wrong with it.
    return json;
  }
}
