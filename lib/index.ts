import type { WatchOptions } from '../index';
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

/** Loaded when a client is watched. */
export function watch<T>(client: T, options?: WatchOptions | null): T {
  try {
    return (require('./watch') as typeof import('./watch')).watch(client, options);
  } catch (error) {
    throw atCaller(error, watch);
  }
}

// The bundle also contains the `watch` of lib/watch, and appends a number to the name of this one.
Object.defineProperty(watch, 'name', { value: 'watch', configurable: true });
