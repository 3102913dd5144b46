import type { TaskData } from '../../index';
import { settingsOf } from './settings';

/** The tasks that `TraceBuilder` has built. */
export const built = new WeakSet<object>();

/** Adds the environment of a client to a task that `TraceBuilder` has built. Other tasks are sent as they are. */
export function withEnvironment(client: object, task: unknown): unknown {
  const { environment } = settingsOf(client);
  if (!environment || typeof task !== 'object' || !task || !built.has(task)) return task;
  const own = (task as TaskData).environment;
  const customTags = { ...environment.customTags, ...own?.customTags };
  const merged = { ...environment, ...own };
  return {
    ...task,
    environment: Object.keys(customTags).length > 0 ? { ...merged, customTags } : merged,
  };
}
