// The ids by which the traces of other systems join one of ours, as W3C Trace Context has them.
import { randomBytes } from 'node:crypto';
import { onePerProcess } from '../bridge/one-per-process';

/** The trace and the span that a call belongs to. */
export interface TraceParent {
  /** 16 bytes in hexadecimal digits. */
  traceId: string;
  /** 8 bytes in hexadecimal digits. */
  spanId: string;
}

/** `version-trace-span-flags` */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/;

/** Other copies of this package may have started the trace. */
const traceIds = onePerProcess('trace-ids', () => new WeakMap<object, string>());

/** @returns a new span in a trace: all of the same trace have the same trace id */
export function newSpan(trace: object): TraceParent {
  const traceId = traceIds.get(trace) ?? randomBytes(16).toString('hex');
  traceIds.set(trace, traceId);
  return { traceId, spanId: randomBytes(8).toString('hex') };
}

/** @returns the value of `traceparent`, with the flag that says that the trace is recorded */
export function toTraceparent({ traceId, spanId }: TraceParent): string {
  return `00-${traceId}-${spanId}-01`;
}

/** @returns undefined if the value is no `traceparent` */
export function parseTraceparent(value: unknown): TraceParent | undefined {
  const [, traceId, spanId] = TRACEPARENT.exec(String(value)) ?? [];
  return traceId && spanId ? { traceId, spanId } : undefined;
}
