import type { Exports } from '../exports';
import type { Memory } from '../memory';
import type { Exchange, Transport } from './exchange';

/** The requests of an instance that are under way. */
export class Requests {
  readonly #exports: Exports;
  readonly #memory: Memory;
  readonly #transport: Transport;
  /** Called after something was told to the instance. */
  readonly #onNews: () => void;
  /** Functions that give requests up. */
  readonly #open = new Map<number, () => void>();

  constructor(exports: Exports, memory: Memory, transport: Transport, onNews: () => void) {
    this.#exports = exports;
    this.#memory = memory;
    this.#transport = transport;
    this.#onNews = onNews;
  }

  /** @param head a method, a URL, and an array of names and values of headers, as JSON */
  send(id: number, head: string, body: Uint8Array<ArrayBuffer>): void {
    const [method, url, headers] = JSON.parse(head);
    const giveUp = this.#transport.send({ method, url, headers, body }, this.#exchange(id));
    this.#open.set(id, giveUp);
  }

  abort(id: number): void {
    const giveUp = this.#open.get(id);
    this.#open.delete(id);
    giveUp?.();
  }

  /** What is told about a request that was given up has no effect. */
  #exchange(id: number): Exchange {
    return {
      onHead: ({ status, retryAfter, date }) => {
        if (!this.#open.has(id)) return;
        const hasRetryAfter = this.#memory.passIfGiven(retryAfter);
        const hasDate = this.#memory.passIfGiven(date);
        this.#exports.answer_head(id, status, hasRetryAfter, hasDate);
      },
      onBody: (body) => {
        if (!this.#open.delete(id)) return;
        if (body) this.#memory.passBytes(body);
        this.#exports.answer_body(id, body ? 1 : 0);
        this.#onNews();
      },
      onBroken: ({ code, message, reused }) => {
        if (!this.#open.delete(id)) return;
        this.#memory.pass(code);
        this.#memory.pass(message);
        this.#exports.request_broken(id, reused ? 1 : 0);
        this.#onNews();
      },
    };
  }
}
