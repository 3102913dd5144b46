import { guard } from './guard';
import { type Followed, followIterator, followReads, override } from './iterator';
import type { Observer } from './promise';

const READER = { read: 'read', leave: ['cancel'] };

export function isWebStream(stream: any): boolean {
  return typeof stream?.getReader === 'function' && typeof stream.tee === 'function';
}

/** Observes the chunks of a `ReadableStream`, however it is read. */
export function followWebStream(stream: any, record: Followed, observer: Observer): void {
  let last: unknown;
  const observe = (chunk: unknown) => {
    // An iterator of the stream's own class may read from a reader, and then both have it.
    if (chunk === last && typeof chunk === 'object') return;
    last = chunk;
    observer(chunk);
  };
  const { getReader, tee, pipeTo, pipeThrough, cancel } = stream;
  override(stream, 'getReader', (...args) => {
    const reader = getReader.apply(stream, args);
    guard(() => followReads(reader, record, observe, READER));
    return reader;
  });
  followIterators(stream, record, observe);
  override(stream, 'cancel', (...args) => {
    guard(() => record.end());
    return cancel.apply(stream, args);
  });
  override(stream, 'tee', (...args) => {
    const branches = tee.apply(stream, args);
    guard(() => followBranches(branches, record, observe));
    return branches;
  });
  const observed = (): any => observedCopy(getReader.call(stream), record, observe);
  override(stream, 'pipeThrough', (...args) =>
    isPlainPipe(args) ? observed().pipeThrough(...args) : pipeThrough.apply(stream, args),
  );
  override(stream, 'pipeTo', (...args) =>
    isPlainPipe(args) ? observed().pipeTo(...args) : pipeTo.apply(stream, args),
  );
}

/**
 * Observes the iterators of a stream. One of its methods may call the other, and so may the methods of a proxy of the
 * stream, so they are those of its class, and an iterator is observed once.
 */
function followIterators(stream: any, record: Followed, observe: Observer): void {
  const followed = new WeakSet<object>();
  for (const name of ['values', Symbol.asyncIterator]) {
    const holder = Object.hasOwn(stream, name) ? stream : Object.getPrototypeOf(stream);
    const create = holder[name];
    if (typeof create !== 'function') continue;
    override(stream, name, function (this: unknown, ...args) {
      const iterator = create.apply(this, args);
      if (followed.has(iterator)) return iterator;
      followed.add(iterator);
      return guard(() => followIterator(iterator, record, observe)) ?? iterator;
    });
  }
}

/** Both branches have all chunks, and each chunk counts once: when it is first read. */
function followBranches(branches: any[], record: Followed, observe: Observer): void {
  let observed = 0;
  for (const branch of branches) {
    let read = 0;
    followWebStream(branch, record, (chunk) => {
      read += 1;
      if (read <= observed) return;
      observed = read;
      observe(chunk);
    });
  }
}

/** Whether another stream between the two would not be noticed. */
function isPlainPipe([target, options]: any[]): boolean {
  if (typeof target !== 'object' || target === null) return false;
  return !options?.preventClose && !options?.preventAbort && !options?.preventCancel;
}

/** @returns the rest of a stream, for a pipe: pipes read in a way that nobody sees */
function observedCopy(reader: any, record: Followed, observe: Observer): any {
  followReads(reader, record, observe, READER);
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
