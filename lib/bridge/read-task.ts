import { types } from 'node:util';
import { ValidationError } from './errors';
import { MAX_SEARCHED_OBJECTS } from './limits';

interface Found {
  path: string;
  problem: string;
}

/**
 * Reads a task completely, so that later changes to it have no effect.
 *
 * @returns its JSON
 * @throws {ValidationError} names the value that cannot be read: a BigInt, a cycle, or a getter that throws
 */
export function readTask(task: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(task);
  } catch (error) {
    throw unreadable(task, error);
  }
  if (json === undefined) {
    const message = `task must be an object (got ${typeof task})`;
    throw new ValidationError(message, { field: 'task' });
  }
  return json;
}

/** @param cause what `JSON.stringify` threw */
function unreadable(task: unknown, cause: unknown): ValidationError {
  const found = locate(task);
  const field = found?.path || 'task';
  const problem =
    found?.problem ??
    (cause instanceof RangeError
      ? 'is too deep or too large to be read'
      : 'cannot be converted to JSON: see cause');
  return new ValidationError(`${field} ${problem}`, { field, cause });
}

/**
 * Finds the first value that `JSON.stringify` cannot convert. It is called only after a failure, so it may read
 * values a second time.
 */
function locate(task: unknown): Found | undefined {
  let budget = MAX_SEARCHED_OBJECTS;
  const ancestors = new Set<object>();

  function visit(get: () => unknown, path: string): Found | undefined {
    let value: unknown;
    let keys: string[];
    try {
      value = get();
      const json = (value as any)?.toJSON;
      if (typeof json === 'function') value = json.call(value, path);
      if (typeof value === 'bigint' || types.isBigIntObject(value)) {
        return { path, problem: 'is a BigInt, which JSON cannot hold: use a number or string' };
      }
      if (typeof value !== 'object' || value === null) return undefined;
      keys = Object.keys(value);
    } catch {
      return { path, problem: 'cannot be read: its getter or toJSON threw' };
    }
    const holder = value as Record<string, unknown>;
    if (ancestors.has(holder))
      return { path, problem: 'refers back to an object that contains it' };
    ancestors.add(holder);
    budget -= 1;
    if (budget < 0) return undefined;
    const join = Array.isArray(holder) ? joinIndex : joinKey;
    for (const key of keys) {
      const found = visit(() => holder[key], join(path, key));
      if (found) return found;
    }
    ancestors.delete(holder);
    return undefined;
  }

  try {
    return visit(() => task, '');
  } catch {
    // The task is too deep even for this function.
    return undefined;
  }
}

function joinIndex(path: string, index: string): string {
  return `${path}[${index}]`;
}

function joinKey(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
