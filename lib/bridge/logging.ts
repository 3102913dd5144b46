import { types } from 'node:util';
import type { Logger, LogLevel } from '../../index';
import { ConfigurationError } from './errors';

/** The numbers of a line, for loggers that search by them. */
type Numbers = Readonly<Record<string, number>>;

type Write = (level: LogLevel, line: string, numbers?: Numbers) => void;

/** The log destination and the lowest level. */
interface Target {
  enabled: boolean;
  level: LogLevel;
  write: Write;
}

/** From the lowest to the highest. */
export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const satisfies LogLevel[];

/** Whether a client logs. This is a property of the client. */
export const kLogs = Symbol('logs');

const METHODS = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

// Keeps every line on one line, without terminal colours or cursor movements, whatever a server or user puts in it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it replaces
const UNPRINTABLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g;

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r' };

/** Lines whose errors may still come. */
let recent = 0;

const ignore = () => {};

// Captured now: a test may replace the timers later.
const { setImmediate: later } = globalThis;

/** Without a listener, the error of a closed stderr would end the process. */
const toStderr: Write = (level, line) => {
  const { stderr } = process;
  if (recent === 0) stderr.on?.('error', ignore);
  recent += 1;
  // The event follows the write in the same turn of the event loop.
  later(() => {
    recent -= 1;
    if (recent === 0) stderr.removeListener?.('error', ignore);
  });
  stderr.write(`[infinium] ${level} ${line}\n`);
};

/** Before `setupLogging`, only warnings and errors are logged. */
let state: Target = { enabled: true, level: 'WARN', write: toStderr };

/** Throws the error for an invalid argument of `setupLogging`. */
function wrong(configKey: string, problem: string): never {
  const error = new ConfigurationError(`${configKey} ${problem}`, { configKey });
  Error.captureStackTrace?.(error, setupLogging);
  throw error;
}

function readTarget(
  enabled: boolean | null | undefined,
  level: LogLevel | null | undefined,
  sink: unknown,
): Target {
  const on = enabled ?? true;
  const from = level ?? 'INFO';
  if (typeof on !== 'boolean') wrong('enabled', `must be a boolean (got ${typeof on})`);
  if (!LEVELS.includes(from)) wrong('level', `must be one of ${LEVELS.join(', ')}`);
  return { enabled: on, level: from, write: toWriter(sink) };
}

function toWriter(sink: any): Write {
  if (sink === undefined || sink === null) return toStderr;
  const methods = Object.values(METHODS);
  if (!methods.every((method) => typeof sink[method] === 'function')) {
    wrong('sink', `must have the methods ${methods.join(', ')}, like console or a pino logger`);
  }
  return (level, line, numbers) => {
    const written: unknown = sink[METHODS[level]](...toArguments(sink, line, numbers));
    if (types.isPromise(written)) written.then(undefined, () => {});
  };
}

/**
 * A logger for JSON has many sources, so each line says which one it is from, and its numbers are fields. pino takes
 * the fields before the line, winston after it.
 */
function toArguments(sink: any, line: string, numbers?: Numbers): unknown[] {
  if (typeof sink.child !== 'function') return [line];
  const fields = { component: 'infinium', ...numbers };
  if (typeof sink.bindings === 'function') return [fields, line];
  return Array.isArray(sink.transports) ? [line, fields] : [line];
}

/**
 * Sets the log destination of this package, and creates a logger that writes there.
 *
 * @param enabled false silences this package and the logger. Default true.
 * @param level the lowest level that the logger writes. Default `'INFO'`.
 * @param sink its methods are called with `this`; errors they throw are ignored. Default stderr, one line each.
 * @returns a logger that keeps these settings, even after the next call
 * @throws {ConfigurationError} `configKey` names the wrong argument
 */
export function setupLogging(
  enabled?: boolean | null,
  level?: LogLevel | null,
  sink?: Logger | null,
): Logger {
  const own = readTarget(enabled, level, sink);
  state = own;
  return {
    debug: (message) => emitTo(own, 'DEBUG', message),
    info: (message) => emitTo(own, 'INFO', message),
    warn: (message) => emitTo(own, 'WARN', message),
    error: (message) => emitTo(own, 'ERROR', message),
  };
}

function emitTo(target: Target, level: LogLevel, message: unknown): void {
  if (LEVELS.indexOf(level) >= LEVELS.indexOf(target.level)) writeTo(target, level, message);
}

function writeTo(
  { enabled, write }: Target,
  level: LogLevel,
  message: unknown,
  numbers?: Numbers,
): void {
  if (!enabled) return;
  try {
    write(level, String(message).replace(UNPRINTABLE, toEscape), numbers);
  } catch {
    // A failing user logger must not break the logged operation.
  }
}

function toEscape(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  return ESCAPES[character] ?? `\\u${code}`;
}

/** Logs a line that is not about one client. */
export function emit(level: LogLevel, message: unknown): void {
  emitTo(state, level, message);
}

/** Logs a line of a client that has logging enabled. The client's own level has already been applied. */
export function emitForClient(level: LogLevel, message: unknown): void {
  writeTo(state, level, message);
}

/** Logs a line of the native client. A second line has its numbers as JSON. */
export function emitEvent(level: LogLevel, event: string): void {
  const [line, numbers] = event.split('\n', 2);
  writeTo(state, level, line, numbers === undefined ? undefined : JSON.parse(numbers));
}
