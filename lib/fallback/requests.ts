import type { Exports } from './exports';
import type { Memory } from './memory';

// Captured now: a test may replace it later.
const { fetch } = globalThis;

/** Bytes of an answer that are read at most, as in the core. */
const MAX_ANSWER_SIZE = 10 * 1024 * 1024;

/** The requests of an instance that are under way. */
export class Requests {
  readonly #exports: Exports;
  readonly #memory: Memory;
  /** Called after something was told to the instance. */
  readonly #onNews: () => void;
  readonly #open = new Map<number, AbortController>();

  constructor(exports: Exports, memory: Memory, onNews: () => void) {
    this.#exports = exports;
    this.#memory = memory;
    this.#onNews = onNews;
  }

  /** @param head a method, a URL, and an array of names and values of headers, as JSON */
  send(id: number, head: string, body: Uint8Array<ArrayBuffer>): void {
    const controller = new AbortController();
    this.#open.set(id, controller);
    this.#exchange(id, head, body, controller.signal).catch((error) => this.#fail(id, error));
  }

  abort(id: number): void {
    const controller = this.#open.get(id);
    this.#open.delete(id);
    controller?.abort();
  }

  async #exchange(id: number, head: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal) {
    const [method, url, headers] = JSON.parse(head);
    const init: RequestInit = { method, headers, redirect: 'manual', signal };
    if (method !== 'GET') init.body = body;
    const response = await fetch(url, init);
    if (!this.#open.has(id)) return;
    const retryAfter = this.#memory.passIfGiven(response.headers.get('retry-after'));
    const date = this.#memory.passIfGiven(response.headers.get('date'));
    // Browsers hide the status of a redirect.
    const status = response.type === 'opaqueredirect' ? 302 : response.status;
    this.#exports.answer_head(id, status, retryAfter, date);
    const read = await readBody(response);
    if (!this.#open.delete(id)) return;
    if (read) this.#memory.passBytes(read);
    this.#exports.answer_body(id, read ? 1 : 0);
    this.#onNews();
  }

  #fail(id: number, error: unknown): void {
    if (!this.#open.delete(id)) return;
    const { code, message, reused } = causeOf(error);
    this.#memory.pass(code);
    this.#memory.pass(message);
    this.#exports.request_broken(id, reused ? 1 : 0);
    this.#onNews();
  }
}

/** Reads a complete body. Returns undefined if it is too large. */
async function readBody(response: Response): Promise<Uint8Array | undefined> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_ANSWER_SIZE) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  return chunks.length === 1 ? chunks[0] : concatenated(chunks, size);
}

function concatenated(chunks: Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

interface Cause {
  code: string;
  message: string;
  /** Whether the connection had already brought another answer. */
  reused: boolean;
}

/** `fetch` fails with an error that says nothing, whose cause says why. */
function causeOf(error: any): Cause {
  let cause = error?.cause ?? error;
  const code = typeof cause?.code === 'string' ? cause.code : '';
  // One error for each address that was tried.
  cause = cause?.errors?.[0] ?? cause;
  const message = String(cause?.message || error?.message || error);
  return { code, message, reused: cause?.socket?.bytesRead > 0 };
}
