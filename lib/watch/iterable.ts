import type { CallRecord } from '../trace/call-record';
import { guard } from './guard';
import type { Observer } from './promise';
import { followIterator } from './stream';

/** Observes the items of an async iterable, such as a web stream, as the caller reads them. It stays the same object. */
export function followIterable(iterable: any, call: CallRecord, observe: Observer): void {
  const iterate = iterable?.[Symbol.asyncIterator];
  if (typeof iterate !== 'function') return;
  Object.defineProperty(iterable, Symbol.asyncIterator, {
    value(...values: any[]) {
      const iterator = iterate.apply(this, values);
      return guard(() => followIterator(iterator, call, observe)) ?? iterator;
    },
    configurable: true,
    writable: true,
  });
}
