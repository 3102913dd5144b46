/** The current time in ISO 8601: UTC, to the millisecond. */
export function getCurrentIsoDatetime(): string {
  return new Date().toISOString();
}

// Taken when the package is loaded: a test may replace the clocks later, and their time may jump.
const { hrtime } = globalThis.process ?? {};
const now = performance.now.bind(performance);

/** Nanoseconds since an arbitrary moment, which never go back. */
export const nanoseconds: () => bigint =
  hrtime?.bigint?.bind(hrtime) ?? (() => BigInt(Math.round(now() * 1e6)));

/** The same in milliseconds. */
export function monotonic(): number {
  return Number(nanoseconds()) / 1e6;
}
