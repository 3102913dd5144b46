import { isAnyArrayBuffer, isMap, isNativeError, isSet } from 'node:util/types';

/** Names of members that are likely to hold secrets, such as the key of a provider's client. */
const SECRET =
  /(api|private|access|signing|encryption)[-_]?key|secret|passw|passphrase|^pwd$|^auth$|authorization|bearer|credential|cookie|jwt|connection[-_]?string|tokens?$/i;

/** Replaces a value whose getter or conversion threw. */
export const UNREADABLE = '[Unreadable]';

export function isSecretName(key: string): boolean {
  return SECRET.test(key);
}

/** Hides the value of a secret. Numbers are none: a count of tokens, for instance. */
export function hide(value: unknown): unknown {
  const isSecret = typeof value === 'string' || (typeof value === 'object' && value !== null);
  return isSecret ? '[Hidden]' : value;
}

/** Whether it is an array or a plain object, of any realm, and not an instance of a class. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function readMember(holder: any, key: string | number): unknown {
  try {
    return holder[key];
  } catch {
    return UNREADABLE;
  }
}

/** Converts an object as JSON does, apart from objects for which that could take long. */
export function toJsonValue(value: any, key: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) {
    return `[${value.constructor.name}: ${value.byteLength} bytes]`;
  }
  if (isMap(value) || isSet(value)) return `[${value.constructor.name}: ${value.size}]`;
  // Before `toJSON`: errors of some HTTP clients write the whole request there, with its headers.
  if (isNativeError(value)) return `${value.name}: ${value.message}`;
  return typeof value.toJSON === 'function' ? value.toJSON(key) : value;
}
