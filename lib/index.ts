import type { CurrentTrace, WatchOptions } from '../index';
import { atCaller } from './bridge/failure';

export {
  AuthenticationError,
  BatchError,
  ConfigurationError,
  InfiniumError,
  NetworkError,
  NotFoundError,
  PayloadTooLargeError,
  RateLimitError,
  ServerError,
  TimeoutError,
  ValidationError,
} from './bridge/errors';
export {
  MAX_BATCH_SIZE,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_PAYLOAD_SIZE,
} from './bridge/limits';
export { setupLogging } from './bridge/logging';
export { VERSION } from './bridge/native';
export { getCurrentIsoDatetime } from './bridge/time';
export { AsyncInfiniumClient, InfiniumClient } from './client/client';
export { TraceBuilder } from './trace/trace-builder';

// Loaded on first use: many programs do not need them.

export function currentTrace(): CurrentTrace | undefined {
  return (
    require('./trace/current-trace') as typeof import('./trace/current-trace')
  ).currentTrace();
}

export function traceTool(name: string, options?: any, fn?: any): any {
  try {
    return (require('./trace/tool') as typeof import('./trace/tool')).traceTool(name, options, fn);
  } catch (error) {
    throw atCaller(error, traceTool);
  }
}

export function traceStep(action: string, options?: any, fn?: any): any {
  try {
    return (require('./trace/tool') as typeof import('./trace/tool')).traceStep(
      action,
      options,
      fn,
    );
  } catch (error) {
    throw atCaller(error, traceStep);
  }
}

export function watch<T>(client: T, options?: WatchOptions | null): T {
  try {
    return (require('./watch') as typeof import('./watch')).watch(client, options);
  } catch (error) {
    throw atCaller(error, watch);
  }
}

// The bundle also contains the functions of the same names in other files, and appends numbers to these.
for (const [name, fn] of Object.entries({ currentTrace, traceStep, traceTool, watch })) {
  Object.defineProperty(fn, 'name', { value: name, configurable: true });
}
