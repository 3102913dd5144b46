import { guard } from './guard';
import { type Followed, followIterator, override } from './iterator';
import type { Observer } from './promise';
import { followWebStream, isWebStream } from './web-stream';

/**
 * Observes a stream, however it is read. It stays the same object.
 *
 * @returns false if it is not a stream
 */
export function followStream(stream: any, record: Followed, observe: Observer): boolean {
  if (isWebStream(stream)) {
    followWebStream(stream, record, observe);
    return true;
  }
  if (typeof stream?.[Symbol.asyncIterator] !== 'function') return false;
  // In the streams of providers, every way of reading calls the function that creates the iterator.
  const isProviders = Object.hasOwn(stream, 'iterator') && typeof stream.iterator === 'function';
  if (!isProviders && typeof stream.next === 'function') {
    followIterator(stream, record, observe);
    return true;
  }
  const name = isProviders ? 'iterator' : Symbol.asyncIterator;
  const create = stream[name];
  const replacement = function (this: unknown, ...values: any[]) {
    const created = create.apply(this, values);
    return guard(() => followIterator(created, record, observe)) ?? created;
  };
  if (isProviders) stream.iterator = replacement;
  else override(stream, name, replacement);
  return true;
}
