import { isPromise } from 'node:util/types';
import type { CallRecord } from '../trace/call-record';
import { observe as observeThenable } from '../trace/observe';
import { guard } from './guard';
import type { Observer } from './promise';

/** What is told how a stream has ended. */
export type Followed = Pick<CallRecord, 'end' | 'fail'>;

type Method = (...values: any[]) => any;

/** Gives one object another method of this name. */
export function override(holder: any, name: string | symbol, value: Method): void {
  Object.defineProperty(holder, name, { value, configurable: true, writable: true });
}

/** Observes the items of an async iterator as the caller reads them. The iterator stays the same object. */
export function followIterator<T>(iterator: T, record: Followed, observe: Observer): T {
  return followReads(iterator, record, observe, { read: 'next', leave: ['return', 'throw'] });
}

/**
 * Observes what is read from an iterator or a similar object.
 *
 * @param methods the names of the method that reads the next item, and of those that give up
 */
export function followReads<T>(
  reader: T,
  record: Followed,
  observe: Observer,
  methods: { read: string; leave: string[] },
): T {
  const read: Method | undefined = (reader as any)[methods.read];
  if (typeof read !== 'function') return reader;
  let pending = 0;
  let left = false;
  const succeed = (item: any) => {
    pending -= 1;
    try {
      if (!item.done) observe(item.value);
      if (item.done || (left && pending === 0)) record.end();
    } catch {
      // What cannot be read is not recorded.
    }
    return item;
  };
  const fail = (error: unknown) => {
    pending -= 1;
    guard(() => record.fail(error));
    throw error;
  };
  override(reader, methods.read, (...values) => {
    const item = read.apply(reader, values);
    // The caller gets only the new promise, so an unhandled rejection is reported once.
    if (isPromise(item)) {
      pending += 1;
      return item.then(succeed, fail);
    }
    if (typeof item?.then !== 'function') return item;
    pending += 1;
    const outcome = { succeed, fail: (error: unknown) => guard(() => fail(error)) };
    return observeThenable(item, outcome);
  });
  for (const name of methods.leave) {
    const leave: Method | undefined = (reader as any)[name];
    if (typeof leave !== 'function') continue;
    override(reader, name, (...values) => {
      // A caller that stops early has read everything that it needs. What it still waits for may fail.
      left = true;
      if (pending === 0) guard(() => record.end());
      return leave.apply(reader, values);
    });
  }
  return reader;
}
