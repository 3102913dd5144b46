import type { TaskData } from '../../index';

/**
 * Whether a trace belongs to the sample. Traces with errors always do, and of one session all or none.
 *
 * @param rate the share of traces in the sample, 0 to 1
 */
export function isSampled(task: TaskData, rate: number): boolean {
  if (rate >= 1 || hasError(task)) return true;
  const session = task.environment?.customTags?.session_id;
  return (typeof session === 'string' ? toFraction(session) : Math.random()) < rate;
}

function hasError({ errors, steps }: TaskData): boolean {
  const isFailed = ({ error, toolCall }: any) => Boolean(error ?? toolCall?.error);
  return Boolean(errors?.length) || Boolean(steps?.some(isFailed));
}

/** Returns a number from 0 to 1 that looks random and is always the same for a text (FNV-1a). */
function toFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // The last bits of similar texts are similar.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
