import { enter, leave } from './context';
import type { AnyFunction } from './function';
import type { Begin, Running } from './running';

/** Starts a generator whose values are recorded. Each `next` runs within the trace. */
export function observeGenerator(
  fn: AnyFunction,
  self: unknown,
  args: ArrayLike<unknown>,
  begin: Begin,
): Generator {
  const running = begin(Array.from(args));
  const generator = Reflect.apply(fn, self, args);
  if (!running) return generator;
  const call = (name: 'next' | 'return' | 'throw') => (value: unknown) => {
    let item: IteratorResult<unknown>;
    const outer = enter(running.frame);
    try {
      item = generator[name](value);
    } catch (error) {
      leave(outer);
      running.fail(error);
      throw error;
    }
    leave(outer);
    note(item, running);
    return item;
  };
  const iterator: any = { next: call('next'), return: call('return'), throw: call('throw') };
  iterator[Symbol.iterator] = () => iterator;
  return iterator;
}

/** The same for an asynchronous generator, or for any object with such methods. */
export function observeAsyncGenerator(
  fn: AnyFunction,
  self: unknown,
  args: ArrayLike<unknown>,
  begin: Begin,
): AsyncGenerator {
  const running = begin(Array.from(args));
  const generator = Reflect.apply(fn, self, args);
  return running ? followAsyncIterator(generator, running) : generator;
}

/** Returns an iterator over the values of another one, which are recorded. */
export function followAsyncIterator(iterator: any, running: Running): any {
  const call = (name: 'next' | 'return' | 'throw') => async (value: unknown) => {
    let item: IteratorResult<unknown>;
    try {
      const outer = enter(running.frame);
      let promise: Promise<IteratorResult<unknown>>;
      try {
        promise = iterator[name](value);
      } finally {
        leave(outer);
      }
      item = await promise;
    } catch (error) {
      running.fail(error);
      throw error;
    }
    note(item, running);
    return item;
  };
  const followed: any = { next: call('next') };
  for (const name of ['return', 'throw'] as const) {
    if (typeof iterator[name] === 'function') followed[name] = call(name);
  }
  followed[Symbol.asyncIterator] = () => followed;
  return followed;
}

function note(item: IteratorResult<unknown>, running: Running): void {
  if (item.done) running.finish();
  else running.yielded(item.value);
}
