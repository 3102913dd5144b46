// What this integration reads of Mastra's spans. All of it may be missing: versions differ.

export interface ExportedSpan {
  id: string;
  traceId: string;
  parentSpanId?: string;
  name?: string;
  type: string;
  entityId?: string;
  entityName?: string;
  startTime?: Date;
  endTime?: Date;
  attributes?: Record<string, any>;
  metadata?: Record<string, any>;
  input?: unknown;
  output?: any;
  errorInfo?: { message?: string; name?: string; stack?: string };
  isEvent?: boolean;
  isRootSpan?: boolean;
}

export interface TracingEvent {
  type: string;
  exportedSpan: ExportedSpan;
}

/** Milliseconds, by the clock of Mastra. */
export function durationOf({ startTime, endTime }: ExportedSpan): number | undefined {
  return timeBetween(startTime, endTime);
}

/** Milliseconds from one time to a later one. */
export function timeBetween(start: unknown, end: unknown): number | undefined {
  if (!(start instanceof Date) || !(end instanceof Date)) return undefined;
  const duration = end.getTime() - start.getTime();
  return duration >= 0 ? duration : undefined;
}

/** The error of a span, as an error of its name. */
export function errorOf({ errorInfo }: ExportedSpan): { error: Error } | undefined {
  if (!errorInfo) return undefined;
  const error = new Error(errorInfo.message ?? 'failed');
  if (errorInfo.name) Object.defineProperty(error, 'name', { value: errorInfo.name });
  error.stack = errorInfo.stack;
  return { error };
}
