import { isPromise } from 'node:util/types';
import type { CallRecord } from '../trace/call-record';
import { guard } from './guard';
import { type Observer, settle } from './promise';

/** Observes the items of an async iterator as the caller reads them. The iterator stays the same object. */
export function followIterator<T>(iterator: T, record: CallRecord, observe: Observer): T {
  const { next, return: close, throw: abort } = iterator as any;
  if (typeof next !== 'function') return iterator;
  const define = (name: string, value: (...values: any[]) => unknown) =>
    Object.defineProperty(iterator, name, { value, configurable: true, writable: true });
  define('next', function (...values) {
    const item = next.apply(iterator, values);
    if (!isPromise(item)) return item;
    return settle(item, record, (result) => {
      if (result.done) record.end();
      else observe(result.value);
    });
  });
  // A caller that stops early has read everything that it needs.
  for (const [name, method] of Object.entries({ return: close, throw: abort })) {
    if (typeof method !== 'function') continue;
    define(name, function (...values) {
      guard(() => record.end());
      return method.apply(iterator, values);
    });
  }
  return iterator;
}

/**
 * Observes a provider's stream, however it is read: every way of reading calls the function that creates its
 * iterator.
 *
 * @returns false if it is not such a stream
 */
export function followStream(stream: any, record: CallRecord, observe: Observer): boolean {
  if (typeof stream?.iterator !== 'function' || !(Symbol.asyncIterator in stream)) return false;
  const { iterator } = stream;
  stream.iterator = function (...values: any[]) {
    const created = iterator.apply(this, values);
    return guard(() => followIterator(created, record, observe)) ?? created;
  };
  return true;
}
