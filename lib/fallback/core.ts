import { EventKind } from './enums';
import type { Exports, Imports } from './exports';
import { fillRandom, now, soon, Timer, timeOfDay } from './host';
import { Memory } from './memory';
import { compile } from './module';
import type { Transport } from './transport/exchange';
import { Requests } from './transport/requests';

type Receive = (kinds: number[], ids: number[], texts: string[]) => void;

/** One instance of the module: one client. It runs after each call and each answer, and when its timer says so. */
export class Core {
  readonly #receive: Receive;
  readonly #exports: Exports;
  readonly #memory: Memory;
  readonly #requests: Requests;
  readonly #timer = new Timer(() => this.#run());
  /** Calls whose outcome will be an event. */
  readonly #open = new Set<number>();
  #events: [kind: number, id: number, text: string][] = [];
  #runsSoon = false;
  /** Why the instance cannot be used any more. */
  #failure: string | undefined;

  constructor(receive: Receive, transport: Transport) {
    this.#receive = receive;
    const { exports } = new WebAssembly.Instance(compile(), { host: this.#imports() });
    this.#exports = exports as unknown as Exports;
    this.#memory = new Memory(this.#exports);
    const onNews = () => this.#runSoon();
    this.#requests = new Requests(this.#exports, this.#memory, transport, onNews);
  }

  /**
   * Calls functions of the module.
   *
   * @throws {Error} if the module has failed
   */
  call<T>(work: (exports: Exports, memory: Memory) => T): T {
    if (this.#failure !== undefined) throw new Error(this.#failure);
    const result = this.#guard(() => work(this.#exports, this.#memory));
    this.#runSoon();
    return result;
  }

  /** Starts a call. Its outcome is an event if this returns 0. */
  start(callId: number, work: (exports: Exports, memory: Memory) => number): number {
    const result = this.call(work);
    if (result === 0) this.#open.add(callId);
    return result;
  }

  /** The text that the last function has left. */
  output(): string {
    return this.#memory.output();
  }

  /** Whether future events keep the process alive. */
  keepAlive(on: boolean): void {
    this.#timer.keepAlive(on);
  }

  #imports(): Imports {
    return {
      now,
      time_of_day: timeOfDay,
      fill_random: (address, length) => {
        fillRandom(this.#memory.view(address, length));
        return 1;
      },
      send_request: (id, head, headLength, body, bodyLength) => {
        const read = this.#memory.read(head, headLength);
        this.#requests.send(id, read, this.#memory.copy(body, bodyLength));
      },
      abort_request: (id) => this.#requests.abort(id),
      push_event: (kind, id, text, length) => {
        this.#events.push([kind, id, this.#memory.read(text, length)]);
      },
    };
  }

  #runSoon(): void {
    if (this.#runsSoon) return;
    this.#runsSoon = true;
    soon(() => {
      this.#runsSoon = false;
      this.#run();
    });
  }

  #run(): void {
    if (this.#failure === undefined) {
      try {
        this.#timer.set(this.#guard(() => this.#exports.run()));
      } catch {
        // The calls are told below.
      }
    }
    const events = this.#events;
    if (events.length === 0) return;
    this.#events = [];
    for (const [kind, id] of events) {
      if (kind === EventKind.Resolved || kind === EventKind.Rejected) this.#open.delete(id);
    }
    this.#receive(
      events.map(([kind]) => kind),
      events.map(([, id]) => id),
      events.map(([, , text]) => text),
    );
  }

  /** An instance that has failed is not used again: nobody knows what is in its memory. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const reason = String((error as Error)?.message ?? error);
      const message = `the client has failed and cannot be used any more: ${reason}`;
      this.#failure = JSON.stringify({ kind: 'other', message });
      this.#timer.set(-1);
      for (const id of this.#open) this.#events.push([EventKind.Rejected, id, this.#failure]);
      this.#open.clear();
      this.#runSoon();
      throw new Error(this.#failure);
    }
  }
}
