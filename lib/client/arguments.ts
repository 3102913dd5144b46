import type { AbortSignalLike, SendAllOutcome } from '../../index';
import { invalid } from '../bridge/invalid';
import { DEFAULT_POLL_INTERVAL, DEFAULT_WAIT_TIMEOUT } from '../bridge/limits';

export { invalid };

interface ReadSendOptions {
  signal?: AbortSignalLike;
  /** Milliseconds. */
  deadline?: number;
}

interface ReadBatchOptions extends ReadSendOptions {
  onProgress?: (done: number, total: number) => void;
}

interface ReadWaitOptions extends ReadSendOptions {
  /** Milliseconds. */
  timeout: number;
  /** Milliseconds. */
  pollInterval: number;
}

/** Reads options by name. Options that are missing or null become undefined. */
function readOptions<Name extends string>(options: unknown, ...names: Name[]): Record<Name, any> {
  const given = options ?? {};
  if (typeof given !== 'object') invalid('options', `must be an object (got ${typeof given})`);
  const read = (name: Name) => {
    try {
      return (given as Record<string, unknown>)[name] ?? undefined;
    } catch (error) {
      return invalid(name, 'cannot be read: its getter threw', error);
    }
  };
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, any>;
}

export function readSendOptions(options: unknown): ReadSendOptions {
  // The fast path: every call comes here, and most have no options.
  if (options === undefined || options === null) return {};
  const { signal, deadline } = readOptions(options, 'signal', 'deadline');
  if (signal !== undefined && !isSignal(signal)) invalid('signal', 'must be an AbortSignal');
  if (deadline !== undefined) readDuration('deadline', deadline);
  return { signal, deadline };
}

function isSignal(signal: any): boolean {
  try {
    const { addEventListener, removeEventListener } = signal;
    return typeof addEventListener === 'function' && typeof removeEventListener === 'function';
  } catch {
    return false;
  }
}

/**
 * @param options of `flush` or `close`
 * @returns milliseconds
 */
export function readFlushTimeout(options: unknown): number | undefined {
  const { timeout } = readOptions(options, 'timeout');
  // A timeout of 0 only checks whether everything is already done.
  return timeout === 0 || timeout === undefined ? timeout : readDuration('timeout', timeout);
}

export function readBatchOptions(options: unknown): ReadBatchOptions {
  const { onProgress } = readOptions(options, 'onProgress');
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    invalid('onProgress', `must be a function (got ${typeof onProgress})`);
  }
  return { ...readSendOptions(options), onProgress };
}

interface ReadSendAllOptions {
  signal: AbortSignalLike | undefined;
  concurrency: number | undefined;
  onResult: ((outcome: SendAllOutcome) => unknown) | undefined;
}

export const SEND_ALL_OPTIONS: readonly string[] = ['concurrency', 'onResult', 'signal'];

export function readSendAllOptions(options: unknown): ReadSendAllOptions {
  const { concurrency, onResult } = readOptions(options, 'concurrency', 'onResult');
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    invalid('concurrency', `must be a whole number, 1 or more (got ${String(concurrency)})`);
  }
  if (onResult !== undefined && typeof onResult !== 'function') {
    invalid('onResult', `must be a function (got ${typeof onResult})`);
  }
  const { signal } = readOptions(options, 'signal');
  return { signal: readSendOptions({ signal }).signal, concurrency, onResult };
}

/**
 * @param options an object, or the timeout
 * @param interval the poll interval, after a timeout
 */
export function readWaitOptions(options: unknown, interval?: unknown): ReadWaitOptions {
  const given = typeof options === 'number' ? { timeout: options } : options;
  const { timeout, pollInterval } = readOptions(given, 'timeout', 'pollInterval');
  return {
    timeout: readDuration('timeout', timeout ?? DEFAULT_WAIT_TIMEOUT),
    pollInterval: readDuration('pollInterval', pollInterval ?? interval ?? DEFAULT_POLL_INTERVAL),
    ...readSendOptions(given),
  };
}

/** @returns milliseconds */
function readDuration(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return invalid(field, `must be a finite number of milliseconds (got ${String(value)})`);
  }
  if (value <= 0) return invalid(field, `must be greater than 0 ms (got ${value})`);
  return value;
}

export function readString(field: string, value: unknown): string {
  if (typeof value !== 'string') return invalid(field, `must be a string (got ${typeof value})`);
  return value;
}

/** @returns the version as text; the native client checks it */
export function readVersion(version: unknown): string {
  if (version === undefined || version === null) return 'latest';
  if (typeof version === 'string' || Number.isSafeInteger(version)) return String(version);
  return invalid('version', `must be a positive integer or 'latest' (got ${String(version)})`);
}

export function readVariables(variables: unknown): Record<string, string> | undefined {
  if (variables === undefined || variables === null) return undefined;
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    return invalid('variables', 'must be an object of names and values');
  }
  // Without a prototype, a variable may have any name, including `__proto__`.
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of entriesOf(variables)) {
    if (value === undefined || value === null) continue;
    if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
      invalid(`variables.${name}`, `must be a string, number or boolean (got ${typeof value})`);
    }
    texts[name] = String(value);
  }
  return texts;
}

function entriesOf(variables: object): [string, unknown][] {
  try {
    return Object.entries(variables);
  } catch (error) {
    return invalid('variables', 'cannot be read: a getter threw', error);
  }
}
