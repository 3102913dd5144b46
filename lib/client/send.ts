import type { ApiResponse } from '../../index';
import { withEnvironment } from '../bridge/built';
import { startCall } from '../bridge/calls';
import { handleOf } from '../bridge/handle';
import { lazy } from '../bridge/lazy';
import { readTask } from '../bridge/read-task';
import { settingsOf } from '../bridge/settings';
import { readSendOptions } from './arguments';

const disabled = lazy(() => require('./disabled') as typeof import('./disabled'));

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
): Promise<ApiResponse> | ApiResponse {
  const hooks = readSendOptions(options);
  if (!settingsOf(client).enabled) return disabled().checkTask(handleOf(client), task, now);
  const json = readTask(withEnvironment(client, task));
  return startCall(
    handleOf(client),
    (native, callId, abortable) => native.send(callId, abortable, json, now),
    { ...hooks, sends: true },
  );
}
