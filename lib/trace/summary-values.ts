import { types } from 'node:util';
import { MAX_SUMMARY_BIGINT } from '../bridge/limits';
import { read } from './read';
import { isSecretName, mayCount } from './secret-names';

/** Replaces a value whose getter or conversion threw. */
export const UNREADABLE = '[Unreadable]';
/** Replaces a secret. */
export const HIDDEN = '[Hidden]';

/** Members of a request that an HTTP server or client has received: its other members are internals. */
const REQUEST_MEMBERS = ['method', 'url', 'headers', 'params', 'query', 'body'];
const RESPONSE_MEMBERS = ['status', 'statusText', 'statusCode', 'url', 'headers'];

export function readMember(holder: any, key: string | number): unknown {
  try {
    return holder[key];
  } catch {
    return UNREADABLE;
  }
}

/** Converts a value as JSON does, except for values that JSON shows as nothing, or that could take long. */
export function toJsonValue(value: any, key: string): unknown {
  switch (typeof value) {
    case 'bigint':
      return value < MAX_SUMMARY_BIGINT && value > -MAX_SUMMARY_BIGINT ? `${value}n` : '[BigInt]';
    case 'symbol':
      return String(value);
    case 'object':
      return value === null || Array.isArray(value) ? value : toShown(value, key);
    default:
      return value;
  }
}

function toShown(value: any, key: string): unknown {
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return `[${nameOf(value)}: ${value.byteLength} bytes]`;
  }
  if (types.isMap(value)) return entriesOf(value);
  if (types.isSet(value)) return itemsOf(value);
  // Checked before `toJSON`: the errors of some HTTP clients include the whole request with its headers in it.
  if (types.isNativeError(value)) return `${value.name}: ${value.message}`;
  if (types.isRegExp(value)) return String(value);
  if (types.isBoxedPrimitive(value)) return value.valueOf();
  if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value)) {
    return `[${nameOf(value)}]`;
  }
  if (isPlain(value)) {
    if (typeof value.toJSON === 'function') return value.toJSON(key);
    // What JSON makes of bytes.
    const bytes = read(value, 'type') === 'Buffer' && read(value, 'data');
    return Array.isArray(bytes) ? `[Buffer: ${bytes.length} bytes]` : value;
  }
  return instanceToShown(value, key);
}

/** Shows what an instance of a class is about, and not what it is made of. */
function instanceToShown(value: any, key: string): unknown {
  const tag = read(value, Symbol.toStringTag as unknown as string);
  if (tag === 'Headers' || tag === 'URLSearchParams' || tag === 'FormData') {
    return Object.fromEntries(value);
  }
  const isRequest =
    typeof read(value, 'method') === 'string' && typeof read(value, 'url') === 'string';
  const isStream = ['pipe', 'getReader', Symbol.asyncIterator].some(
    (name) => typeof read(value, name as string) === 'function',
  );
  if (isRequest && (isStream || tag === 'Request')) return pick(value, REQUEST_MEMBERS);
  if (tag === 'Response') return pick(value, RESPONSE_MEMBERS);
  if (typeof value.toJSON === 'function') return value.toJSON(key);
  if (isStream || typeof read(value, 'writeHead') === 'function') return `[${nameOf(value)}]`;
  if (hasMember(value)) return value;
  const convert = value.toString;
  return typeof convert === 'function' && convert !== Object.prototype.toString
    ? String(value)
    : `[${nameOf(value)}]`;
}

function pick(value: any, names: string[]): object {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    const member = read(value, name);
    if (member !== undefined && member !== null) picked[name] = member;
  }
  return picked;
}

/** The entries of a map. They are read one by one, because there may be many. */
function* iterate<T>(values: Iterable<T>): Generator<T> {
  yield* values;
}

function entriesOf(map: Map<unknown, unknown>): Listed {
  return new Listed(iterate(map));
}

function itemsOf(set: Set<unknown>): Listed {
  return new Listed(iterate(set));
}

/** Values that are written as an array, as far as there is room. */
export class Listed {
  constructor(readonly values: Generator<unknown>) {}

  toArray(): unknown[] {
    return [...this.values];
  }
}

function hasMember(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

function nameOf(value: object): string {
  const name = read(read(value, 'constructor'), 'name');
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

/** Whether a value is a plain object, from any realm, and not a class instance. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** How much of a value is hidden. */
export type Hides = 'nothing' | 'texts' | 'everything';

/** How much of the value with this name is hidden. */
function hidesOf(name: unknown): Hides {
  if (typeof name !== 'string' || !isSecretName(name)) return 'nothing';
  return mayCount(name) ? 'texts' : 'everything';
}

/** The same for an item of a list: raw headers are names and values in turn. */
export function hidesOfItem(list: unknown[], index: number): Hides {
  return index % 2 === 0 ? 'nothing' : hidesOf(readMember(list, index - 1));
}

/** The members that name the value beside them, as in `{ name: 'authorization', value: '…' }`. */
const NAMING = ['name', 'key', 'header', 'field', 'label', 'id', 'Name', 'Key'];

/** The same for a member, by its own name or by what the object says that it is. */
export function hidesOfMember(holder: object, key: string): Hides {
  const hides = hidesOf(key);
  if (hides !== 'nothing' || (key !== 'value' && key !== 'Value')) return hides;
  for (const naming of NAMING) {
    const named = hidesOf(readMember(holder, naming));
    if (named !== 'nothing') return named;
  }
  return 'nothing';
}
