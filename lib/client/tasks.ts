import { ValidationError } from '../bridge/errors';
import { MAX_BATCH_SIZE } from '../bridge/limits';
import { invalid } from './arguments';

/** Returns the name of a task that cannot be read completely. */
export function nameOf(tasks: any[], index: number): string | undefined {
  try {
    const { name } = tasks[index];
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the number of tasks. */
export function count(tasks: unknown): number {
  const total = lengthOf(tasks);
  if (Number.isInteger(total) && total >= 1 && total <= MAX_BATCH_SIZE) return total;
  const got = typeof total === 'number' ? total : typeof total;
  const advice = total > MAX_BATCH_SIZE ? '; split it' : '';
  const message = `a batch must contain 1 to ${MAX_BATCH_SIZE} tasks (got ${got})${advice}`;
  throw new ValidationError(message, { field: 'tasks' });
}

function lengthOf(tasks: unknown): number {
  try {
    if (Array.isArray(tasks)) return tasks.length;
  } catch (error) {
    return invalid('tasks', 'cannot be read: its length threw', error);
  }
  return invalid('tasks', `must be an array (got ${typeof tasks})`);
}
