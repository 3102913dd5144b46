import { isAnyArrayBuffer, isMap, isNativeError, isSet } from 'node:util/types';

/** Names of members that probably contain secrets, such as the API key of a provider client. */
const SECRET =
  /(api|private|access|signing|encryption)[-_]?key|secret|passw|passphrase|^pwd$|^auth$|authorization|bearer|credential|cookie|jwt|connection[-_]?string|tokens?$/i;

/** Replaces a value whose getter or conversion threw. */
export const UNREADABLE = '[Unreadable]';

export function isSecretName(key: string): boolean {
  return SECRET.test(key);
}

/** Hides a secret value. Numbers are not secrets: a count of tokens, for example. */
export function hide(value: unknown): unknown {
  const isSecret = typeof value === 'string' || (typeof value === 'object' && value !== null);
  return isSecret ? '[Hidden]' : value;
}

/** Whether a value is an array or a plain object, from any realm, and not a class instance. */
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

/** Converts an object as JSON does, except for objects that could take long. */
export function toJsonValue(value: any, key: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) {
    return `[${value.constructor.name}: ${value.byteLength} bytes]`;
  }
  if (isMap(value) || isSet(value)) return `[${value.constructor.name}: ${value.size}]`;
  // Checked before `toJSON`: some HTTP clients' errors include the whole request with its headers in it.
  if (isNativeError(value)) return `${value.name}: ${value.message}`;
  return typeof value.toJSON === 'function' ? value.toJSON(key) : value;
}
