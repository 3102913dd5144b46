import type { Exports } from './exports';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Longer texts are encoded first, so that not three times their length is reserved. */
const SHORT = 65_536;

/** Texts in the memory of an instance. A view of the memory is valid until it grows, so each is used at once. */
export class Memory {
  readonly #exports: Exports;

  constructor(exports: Exports) {
    this.#exports = exports;
  }

  /** A view of bytes of the instance. */
  view(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, address, length);
  }

  read(address: number, length: number): string {
    return decoder.decode(this.view(address, length));
  }

  /** Copies bytes of the instance. */
  copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view(address, length));
  }

  /** Passes a text as the next argument. Half of a surrogate pair becomes U+FFFD. */
  pass(text: string): void {
    if (text.length > SHORT) {
      this.passBytes(encoder.encode(text));
      return;
    }
    const room = text.length * 3;
    const address = this.#exports.reserve(room);
    const { written } = encoder.encodeInto(text, this.view(address, room));
    this.#exports.shorten(written);
  }

  /** Passes a text if there is one. Returns 1 if there is. */
  passIfGiven(text: string | null | undefined): number {
    if (text === undefined || text === null) return 0;
    this.pass(text);
    return 1;
  }

  passBytes(bytes: Uint8Array): void {
    const address = this.#exports.reserve(bytes.length);
    this.view(address, bytes.length).set(bytes);
  }

  /** The text that the last function has left. */
  output(): string {
    return this.read(this.#exports.output(), this.#exports.output_length());
  }
}
