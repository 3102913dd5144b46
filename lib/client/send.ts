import type { ApiResponse } from '../../index';
import { startCall } from '../bridge/calls';
import { handleOf } from '../bridge/handle';
import { readTask } from '../bridge/read-task';
import { readSendOptions } from './arguments';

/**
 * Sends one task.
 *
 * @param now the time for a task that has none
 */
export function sendOne(
  client: object,
  task: unknown,
  options: unknown,
  now?: string,
): Promise<ApiResponse> {
  const hooks = readSendOptions(options);
  const json = readTask(task);
  return startCall(
    handleOf(client),
    (native, callId, abortable) => native.send(callId, abortable, json, now),
    { ...hooks, sends: true },
  );
}
