import { Aborted } from './abort';
import { runtime } from './backend';
import * as errors from './errors';
import { MAX_PAYLOAD_SIZE } from './limits';
import { toOptionMessage, toOptionName } from './options';

/** A method or class of the public API, where stack traces begin. */
// biome-ignore lint/complexity/noBannedTypes: any function will do, it is never called
export type Method = Function;

/** A failure, as the native client describes it. */
export interface ErrorDescription {
  kind: string;
  message: string;
  statusCode?: number;
  /** The path to a wrong field, or the argument or resource that the error is about. */
  field?: string;
  /** The id of a wrong option. */
  option?: string;
  /** Seconds. */
  retryAfter?: number;
  /** Milliseconds. */
  timeoutDuration?: number;
  /** Bytes. */
  actualSize?: number;
  responseData?: unknown;
  /** The code that Node.js uses for the same failure of the network. */
  code?: string;
  original?: { message: string; code?: string };
}

type ErrorClass = new (
  message: string,
  init: {
    statusCode?: number;
    details?: object;
    field?: string;
    resource?: string;
    configKey?: string;
    retryAfter?: number;
    timeoutDuration?: number;
    actualSize?: number;
    maxSize?: number;
    code?: string;
    originalError?: Error;
  },
) => errors.InfiniumError;

/** The classes by kind; all other kinds are `InfiniumError`s. */
const ERROR_CLASSES = new Map<string, ErrorClass>([
  ['configuration', errors.ConfigurationError],
  ['validation', errors.ValidationError],
  ['payloadTooLarge', errors.PayloadTooLargeError],
  ['authentication', errors.AuthenticationError],
  ['notFound', errors.NotFoundError],
  ['rateLimit', errors.RateLimitError],
  ['server', errors.ServerError],
  ['network', errors.NetworkError],
  ['timeout', errors.TimeoutError],
]);

function classOf(kind: string): ErrorClass {
  return ERROR_CLASSES.get(kind) ?? errors.InfiniumError;
}

/** Returns the error name for a failure of this kind. */
export function errorNameOf(kind: string): string {
  // A signal's default reason is an AbortError.
  return kind === 'cancelled' ? 'AbortError' : classOf(kind).prototype.name;
}

/** Converts a failure to the error that users see. */
export function toError(description: ErrorDescription): errors.InfiniumError {
  const { kind, message, field, option, responseData, original, ...known } = description;
  return new (classOf(kind))(option === undefined ? message : toOptionMessage(option, message), {
    ...known,
    details: responseData === undefined ? undefined : { responseData },
    field,
    resource: field,
    configKey: option === undefined ? field : toOptionName(option),
    maxSize: MAX_PAYLOAD_SIZE,
    originalError: toOriginal(original),
  });
}

function toOriginal(original: ErrorDescription['original']): Error | undefined {
  if (!original) return undefined;
  const error = new Error(original.message);
  // The frames of this file are not useful to users.
  error.stack = `Error: ${original.message}`;
  return original.code ? Object.assign(error, { code: original.code }) : error;
}

/** Converts what the native client threw to the error that users see. */
export function fromNative(thrown: unknown): errors.InfiniumError {
  // In Jest, native errors come from another realm, so `instanceof` does not work.
  const message = String((thrown as any)?.message ?? '');
  try {
    return toError(JSON.parse(message));
  } catch {
    return new errors.InfiniumError(message || 'the native client failed', { cause: thrown });
  }
}

/** Without the addon, answers arrive within code of Node.js, whose frame would come before that of the caller. */
function hideInternals(error: Error): void {
  error.stack = error.stack?.replace(/\n +at [^\n]*\(node:internal\/process\/[^\n]*/, '');
}

/**
 * Makes the stack trace of an error start at the caller of `method`. Otherwise it would start where the answer
 * arrived.
 *
 * @param error or an `Aborted`, for its reason
 * @returns the error
 */
export function atCaller(error: unknown, method: Method): any {
  // The user's reason is not modified.
  if (error instanceof Aborted) return error.reason;
  if (error instanceof errors.InfiniumError) {
    Error.captureStackTrace?.(error, method);
    if (runtime === 'wasm') hideInternals(error);
  }
  return error;
}
