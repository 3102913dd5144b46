// What is used of OpenTelemetry, by its structure: its packages are not imported. The API has been the same since its
// version 1.0; the SDK is that of versions 1, 2 and 3.

/** Seconds and nanoseconds. */
export type HrTime = [number, number];

export type Attributes = Record<string, any>;

export interface SpanContext {
  traceId: string;
  spanId: string;
  isRemote?: boolean;
}

export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
  deleteValue(key: symbol): Context;
}

/** A span of the API. */
export interface Span {
  spanContext(): SpanContext;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: object, time: HrTime): unknown;
  end(time: HrTime): void;
}

/** A span of the SDK, from its start. */
export interface ReadableSpan {
  readonly name: string;
  spanContext(): SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { code: number; message?: string };
  readonly attributes: Attributes;
  readonly events: { name: string; time: HrTime; attributes?: Attributes }[];
  /** The name that the instrumentation has. */
  readonly instrumentationScope?: { name: string };
  /** The same in version 1 of the SDK. */
  readonly instrumentationLibrary?: { name: string };
}

export interface SpanOptions {
  kind: number;
  startTime: HrTime;
  attributes: Attributes;
  root?: boolean;
}

export interface TracerProvider {
  getTracer(
    name: string,
    version?: string,
  ): { startSpan(name: string, options: SpanOptions, context?: Context): Span };
}

export const STATUS_OK = 1;
export const STATUS_ERROR = 2;
export const KIND_INTERNAL = 0;
export const KIND_CLIENT = 2;

/** The scope of the spans that this package writes, and does not take in again. */
export const OWN_SCOPE = 'infinium-o2';

/** Where the API keeps what is registered in a process. */
const API = Symbol.for('opentelemetry.js.api.1');
/** The key under which a context has its span. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

/** The context that runs here, if the program has a manager of contexts. */
export function activeContext(): Context | undefined {
  return (globalThis as any)[API]?.context?.active?.();
}

export function spanIn(context: Context | undefined): Span | undefined {
  return context?.getValue(SPAN) as Span | undefined;
}

/** A context for programs that have none, and for a span within another. */
class ValueContext implements Context {
  readonly #values: ReadonlyMap<symbol, unknown>;

  constructor(values: Iterable<[symbol, unknown]> = []) {
    this.#values = new Map(values);
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new ValueContext([...this.#values, [key, value]]);
  }

  deleteValue(key: symbol): Context {
    return new ValueContext([...this.#values].filter(([other]) => other !== key));
  }
}

export function emptyContext(): Context {
  return new ValueContext();
}

export function contextWith(span: Span, context: Context = emptyContext()): Context {
  return context.setValue(SPAN, span);
}

export function scopeOf(span: ReadableSpan): string {
  return (span.instrumentationScope ?? span.instrumentationLibrary)?.name ?? '';
}

export function toMilliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1e3);
  return [seconds, Math.round((milliseconds - seconds * 1e3) * 1e6)];
}
