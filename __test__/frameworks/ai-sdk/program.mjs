// What the tests of all versions of the AI SDK need to call it, with and without a trace.
import { z } from 'zod';

/** The options that let one call be recorded. */
export function telemetryOf(
  /** @type {string} */ specification,
  /** @type {any} */ telemetry,
  more = {},
) {
  return specification === 'v4'
    ? { telemetry: { integrations: telemetry, ...more } }
    : { experimental_telemetry: { isEnabled: true, tracer: telemetry.tracer, ...more } };
}

/** Two requests of a tool at once, of which the second fails, and the answer. */
export const sums = [
  {
    tools: [
      { id: 'c1', name: 'add', input: { a: 1 } },
      { id: 'c2', name: 'add', input: { a: 9 } },
    ],
    read: 20,
    written: 7,
  },
  { text: 'the answer is 2', read: 30, written: 8 },
];

/** @returns {any} a tool of a version */
export function adder(/** @type {any} */ sdk, inside = (/** @type {number} */ _a) => {}) {
  return {
    add: sdk.tool({
      inputSchema: z.object({ a: z.number() }),
      execute: async (/** @type {{ a: number }} */ { a }) => {
        await inside(a);
        if (a === 9) throw new RangeError('nine is too much');
        return a + 1;
      },
    }),
  };
}

/** Reads a stream of the SDK to its end. */
export async function drain(/** @type {AsyncIterable<unknown>} */ stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

/** A refusal that the SDK tries again after. */
export const busy = (/** @type {any} */ sdk, message = 'busy now') =>
  new sdk.APICallError({
    message,
    url: 'http://127.0.0.1',
    requestBodyValues: {},
    statusCode: 429,
    responseHeaders: { 'retry-after-ms': '1', 'x-request-id': 'q1' },
    isRetryable: true,
  });

export const object = z.object({ a: z.number() });
