// Captured now: a test may replace them later.
const { clearTimeout, crypto, Math: math, performance, queueMicrotask, setTimeout } = globalThis;
const clock = performance ?? Date;

/** The longest delay that `setTimeout` accepts, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/** Milliseconds on a clock that never goes back. */
export const now: () => number = clock.now.bind(clock);

/** Milliseconds since 1970. */
export const timeOfDay: () => number = Date.now.bind(Date);

/** Runs a function after the code that runs now. */
export const soon: (run: () => void) => void = queueMicrotask.bind(globalThis);

/** Fills bytes at random. They need not be secret: they tell tasks apart, and spread retries. */
export function fillRandom(bytes: Uint8Array): void {
  // Not in Node.js 18.
  if (crypto) crypto.getRandomValues(bytes);
  else for (let index = 0; index < bytes.length; index += 1) bytes[index] = math.random() * 256;
}

/** One timer. Where that is possible, it does not keep the process alive unless it is told to. */
export class Timer {
  readonly #run: () => void;
  #handle: any;
  #keepsAlive = false;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Sets the time anew. A negative number stops the timer. */
  set(delay: number): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
    if (delay < 0) return;
    // Rounded up: a timer that is early would have to be set again.
    this.#handle = setTimeout(this.#run, Math.min(Math.ceil(delay), MAX_DELAY));
    if (!this.#keepsAlive) this.#handle.unref?.();
  }

  /** Whether the timer keeps the process alive. */
  keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    if (on) this.#handle?.ref?.();
    else this.#handle?.unref?.();
  }
}
