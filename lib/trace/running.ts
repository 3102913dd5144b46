import type { Frame } from './context';

/** Receives the outcome of a function. Only the first call counts. */
export interface Outcome {
  /** Returns what the caller gets: the value itself, but for streams that are followed. */
  succeed(value: unknown): unknown;
  fail(error: unknown): void;
}

/** One call of a function of the user, while it is recorded. Its methods never throw. */
export interface Running extends Outcome {
  /** What runs inside of the function. */
  readonly frame: Frame;
  /** A generator has yielded a value. */
  yielded(value: unknown): void;
  /** A generator is exhausted, or was returned. */
  finish(): void;
}

/**
 * Begins to record a call. It never throws.
 *
 * @param args read at once, because the function may change them
 * @returns undefined if nothing is recorded
 */
export type Begin = (args: unknown[]) => Running | undefined;
