import type { TaskData, TraceOptions } from '../../index';
import { ValidationError } from '../bridge/errors';
import { invalid } from '../bridge/invalid';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from '../bridge/limits';
import type { AnyFunction } from './function';

/** The checked options of `client.trace`, with defaults. */
export interface TraceSettings {
  name: string;
  description: string;
  autoSend: boolean;
  onTrace: ((task: TaskData) => unknown) | undefined;
  captureInput: boolean;
  captureOutput: boolean;
  redact: TraceOptions['redact'];
}

/** @throws {ValidationError} `field` names the argument or option */
export function readTraceOptions(name: unknown, options: unknown): TraceSettings {
  const given = options ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw notOptions(given);
  const text = readText('name', name, MAX_NAME_LENGTH);
  return {
    name: text,
    description: readText(
      'description',
      readOption(given, 'description', 'string') ?? `Auto-traced call to ${text}`,
      MAX_DESCRIPTION_LENGTH,
    ),
    autoSend: readOption(given, 'autoSend', 'boolean') ?? true,
    onTrace: readOption(given, 'onTrace', 'function'),
    captureInput: readOption(given, 'captureInput', 'boolean') ?? true,
    captureOutput: readOption(given, 'captureOutput', 'boolean') ?? true,
    redact: readOption(given, 'redact', 'function'),
  };
}

/** @throws {ValidationError} if `fn` is not a function */
export function readFunction(fn: unknown): AnyFunction {
  if (typeof fn !== 'function') invalid('fn', `must be a function (got ${typeof fn})`);
  return fn as AnyFunction;
}

function notOptions(given: unknown): Error {
  const kind = Array.isArray(given) ? 'an array' : `a ${typeof given}`;
  const message = `expected trace(name, fn) or trace(name, options, fn); got ${kind}`;
  return new ValidationError(message, { field: 'options' });
}

/** @returns undefined if the default applies */
function readOption(options: object, key: string, type: 'boolean' | 'function' | 'string'): any {
  let value: unknown;
  try {
    value = (options as Record<string, unknown>)[key] ?? undefined;
  } catch (error) {
    invalid(key, 'cannot be read: its getter threw', error);
  }
  if (value !== undefined && typeof value !== type) {
    invalid(key, `must be a ${type} (got ${typeof value})`);
  }
  return value;
}

/**
 * Applies the platform's rules early, because the platform would refuse every trace.
 *
 * @param max code points
 */
function readText(field: string, value: unknown, max: number): string {
  if (typeof value !== 'string') return invalid(field, `must be a string (got ${typeof value})`);
  if (value.trim() === '') invalid(field, 'must not be blank');
  if (value.length > max && (value.length > 2 * max || [...value].length > max)) {
    invalid(field, `must have at most ${max} characters`);
  }
  return value;
}
