import { types } from 'node:util';
import { invalid } from './arguments';

/** Where tasks come from, one at a time: each is read when there is room for it, and no earlier. */
export interface TaskSource {
  /** Returns the next item, or a promise of it. */
  next(): Item | Promise<Item>;
  /** Tells the iterable that no more is read. Its answer does not matter. */
  close(): void;
}

/** A task, or the end. */
export interface Item {
  done?: boolean | undefined;
  value: unknown;
}

/** Opens an iterable, as `for await` does. */
export function openSource(tasks: any): TaskSource {
  const asynchronous = methodOf(tasks, Symbol.asyncIterator);
  const open = asynchronous ?? methodOf(tasks, Symbol.iterator);
  // The characters of a text are no tasks.
  if (!open || typeof tasks === 'string') {
    const advice = types.isGeneratorFunction(tasks) ? '; call the function to get one' : '';
    invalid(
      'tasks',
      `must be an iterable or async iterable of tasks (got ${typeof tasks})${advice}`,
    );
  }
  const iterator = (open as () => any).call(tasks);
  return {
    next() {
      const item = iterator.next();
      if (asynchronous) return Promise.resolve(item);
      return isThenable(item.value) ? settled(item) : item;
    },
    close() {
      try {
        const closed: unknown = iterator.return?.();
        if (isThenable(closed)) closed.then(undefined, () => {});
      } catch {
        // Why reading stopped matters more.
      }
    },
  };
}

function methodOf(tasks: any, name: symbol): unknown {
  try {
    const method = tasks?.[name];
    return typeof method === 'function' ? method : undefined;
  } catch (error) {
    return invalid('tasks', 'cannot be read: its iterator threw', error);
  }
}

/** Waits for a task that a synchronous iterable has promised. */
async function settled({ done, value }: Item): Promise<Item> {
  return { done, value: await value };
}

function isThenable(value: any): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof value.then === 'function';
}
