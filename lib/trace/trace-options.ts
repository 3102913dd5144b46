import type { TaskData, TraceOptions } from '../../index';
import { ValidationError } from '../bridge/errors';
import { invalid } from '../bridge/invalid';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from '../bridge/limits';
import type { AnyFunction } from './function';
import { readOption } from './read-option';

/** The checked options of `client.trace`, with defaults. */
export interface TraceSettings {
  name: string;
  description: string;
  autoSend: boolean;
  onTrace: ((task: TaskData) => unknown) | undefined;
  onDelivered: TraceOptions['onDelivered'];
  captureInput: boolean;
  captureOutput: boolean;
  redact: TraceOptions['redact'];
  sampleRate: number | undefined;
  untilStreamEnds: boolean;
  /** Values, or functions of the arguments. */
  tags: unknown;
  session: unknown;
  user: unknown;
}

/** The names of the options. */
export const TRACE_OPTIONS: (keyof TraceOptions)[] = [
  'autoSend',
  'captureInput',
  'captureOutput',
  'description',
  'onDelivered',
  'onTrace',
  'redact',
  'sampleRate',
  'session',
  'tags',
  'untilStreamEnds',
  'user',
];

const FORMS = 'expected trace(name, fn) or trace(name, options, fn)';

/** @throws {ValidationError} `field` names the argument or option */
export function readTraceOptions(name: unknown, options: unknown): TraceSettings {
  const given = options ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw notOptions(given);
  if (typeof name === 'function')
    throw new ValidationError(`name is missing: ${FORMS}`, { field: 'name' });
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
    onDelivered: readOption(given, 'onDelivered', 'function'),
    captureInput: readOption(given, 'captureInput', 'boolean') ?? true,
    captureOutput: readOption(given, 'captureOutput', 'boolean') ?? true,
    redact: readOption(given, 'redact', 'function'),
    sampleRate: readSampleRate(given),
    untilStreamEnds: readOption(given, 'untilStreamEnds', 'boolean') ?? false,
    tags: readOption(given, 'tags', 'object', 'function'),
    session: readOption(given, 'session', 'string', 'function'),
    user: readOption(given, 'user', 'string', 'function'),
  };
}

/** @throws {ValidationError} if `fn` is not a function */
export function readFunction(fn: unknown): AnyFunction {
  if (typeof fn !== 'function') invalid('fn', `must be a function (got ${typeof fn})`);
  return fn as AnyFunction;
}

function readSampleRate(given: object): number | undefined {
  const rate: number | undefined = readOption(given, 'sampleRate', 'number');
  if (rate !== undefined && !(rate >= 0 && rate <= 1)) {
    invalid('sampleRate', `must be between 0 and 1 (got ${rate})`);
  }
  return rate;
}

function notOptions(given: unknown): Error {
  const kind = Array.isArray(given) ? 'an array' : `a ${typeof given}`;
  return new ValidationError(`${FORMS}; got ${kind}`, { field: 'options' });
}

/**
 * Applies the platform's rules early, because the platform would refuse every trace.
 *
 * @param max code points
 */
export function readText(field: string, value: unknown, max: number): string {
  if (typeof value !== 'string') return invalid(field, `must be a string (got ${typeof value})`);
  if (value.trim() === '') invalid(field, 'must not be blank');
  if (value.length > max && (value.length > 2 * max || [...value].length > max)) {
    invalid(field, `must have at most ${max} characters`);
  }
  return value;
}
