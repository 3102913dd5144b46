import { isPlain, Listed, toJsonValue } from './summary-values';

/** Deeper values are left as they are. */
const MAX_DEPTH = 20;

/**
 * Copies metadata, with something a person can read in place of values that JSON shows as nothing, or not at all: maps,
 * sets, errors, bytes, symbols, big integers. Other values are shared.
 */
export function readable(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => readable(item, depth + 1));
  if (typeof value === 'object' && value !== null && isPlain(value)) {
    if (typeof (value as any).toJSON === 'function') return value;
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, readable(item, depth + 1)]));
  }
  if (typeof value === 'object' && value !== null && typeof (value as any).toJSON === 'function') {
    // Bytes have one that lists them all.
    return ArrayBuffer.isView(value) ? toJsonValue(value, '') : value;
  }
  const shown = toJsonValue(value, '');
  return shown instanceof Listed ? readable(shown.toArray(), depth + 1) : shown;
}
