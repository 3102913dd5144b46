import { isPromise } from 'node:util/types';
import type { TaskData } from '../../index';
import { enqueue } from '../bridge/enqueue';
import { emit, emitForClient, kLogs } from '../bridge/logging';
import { toText } from './error-detail';
import type { TraceSettings } from './trace-options';

/**
 * Passes a finished trace to `onTrace` and, with `autoSend`, to the platform. It never throws: failures are
 * logged.
 */
export function deliver(
  client: object,
  { autoSend, onTrace, name }: TraceSettings,
  task: TaskData,
): void {
  try {
    const returned: unknown = onTrace?.(task);
    if (isPromise(returned)) returned.then(undefined, (error) => warn(name, error));
  } catch (error) {
    warn(name, error);
  }
  if (!autoSend) return;
  try {
    enqueue(client, task);
  } catch (error) {
    logFor(client, `trace '${name}' was not sent: ${toText(error)}`);
  }
}

function warn(name: string, error: unknown): void {
  emit('WARN', `onTrace of '${name}' threw: ${toText(error)}`);
}

function logFor(client: object, line: string): void {
  if ((client as Record<symbol, unknown>)[kLogs]) emitForClient('ERROR', line);
}
