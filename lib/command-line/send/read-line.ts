import { MAX_LINE_BYTES } from './lines';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What a line holds. */
export type Content =
  | { kind: 'blank' }
  | { kind: 'task'; task: object }
  | { kind: 'wrong'; reason: string; text: string | null };

/** Reads the task in a line. A byte order mark is skipped. */
export function readLine(bytes: Buffer | undefined): Content {
  if (!bytes) {
    return { kind: 'wrong', reason: `longer than ${MAX_LINE_BYTES} bytes`, text: null };
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { kind: 'wrong', reason: 'not UTF-8', text: bytes.toString('utf8') };
  }
  if (text.trim() === '') return { kind: 'blank' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'wrong', reason: `not JSON: ${(error as Error).message}`, text };
  }
  const task = isFailure(value) ? value.task : value;
  if (typeof task === 'object' && task !== null && !Array.isArray(task)) {
    return { kind: 'task', task };
  }
  return { kind: 'wrong', reason: 'not a task: a task is a JSON object', text };
}

/** Whether a line is one that `--failed` wrote. A task has other members. */
function isFailure(value: any): value is { task: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).sort().join() === 'error,line,task'
  );
}
