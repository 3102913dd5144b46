/** The current time in ISO 8601: UTC, to the millisecond. */
export function getCurrentIsoDatetime(): string {
  return new Date().toISOString();
}

// Taken when the package is loaded: a test may replace the clock later, and its time may jump.
const { hrtime } = globalThis.process ?? {};
const nanoseconds = hrtime?.bigint?.bind(hrtime);
const milliseconds = performance.now.bind(performance);

/** Milliseconds since an arbitrary moment, which never go back. */
export const monotonic: () => number = nanoseconds
  ? () => Number(nanoseconds()) / 1e6
  : milliseconds;
