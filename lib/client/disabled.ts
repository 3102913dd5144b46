import type { ApiResponse, BatchResult } from '../../index';
import { BatchError, ConfigurationError, InfiniumError, ValidationError } from '../bridge/errors';
import { atCaller, fromNative, type Method } from '../bridge/failure';
import type { Handle } from '../bridge/handle';
import { readTask } from '../bridge/read-task';
import { getCurrentIsoDatetime } from '../bridge/time';
import { readBatchOptions } from './arguments';
import { count, nameOf } from './tasks';

// What a client with `enabled: false` does: everything is checked as usual, and nothing is sent.

/** What every call resolves to. */
export function disabledResponse(): ApiResponse {
  return { success: true, message: 'disabled' };
}

/**
 * @param now the time for a task that has none
 * @throws {InfiniumError} if the task is wrong
 */
export function checkTask(handle: Handle, task: unknown, now?: string): ApiResponse {
  const json = readTask(task);
  try {
    handle.native.check(json, now);
  } catch (error) {
    throw fromNative(error);
  }
  return disabledResponse();
}

/** @throws {BatchError} if the batch was aborted before */
export function checkBatch(
  handle: Handle,
  tasks: unknown,
  options: unknown,
  method: Method,
): BatchResult {
  const { signal, onProgress } = readBatchOptions(options);
  const total = count(tasks);
  const results: ApiResponse[] = [];
  const errors: string[] = [];
  for (let index = 0; index < total; index += 1) {
    try {
      results.push(checkTask(handle, (tasks as unknown[])[index], getCurrentIsoDatetime()));
    } catch (caught) {
      const error =
        caught instanceof InfiniumError
          ? caught
          : new ValidationError('task cannot be read: its array threw', { field: 'task' });
      const { message, statusCode } = error;
      results.push({ success: false, statusCode, message, error: atCaller(error, method) });
      const name = nameOf(tasks as unknown[], index);
      errors.push(`Task ${index}${name === undefined ? '' : ` (${name})`}: ${message}`);
    }
    onProgress?.(index + 1, total);
  }
  const failedTasks = errors.length;
  const result = {
    totalTasks: total,
    successfulTasks: total - failedTasks,
    failedTasks,
    results,
    errors,
  };
  if (!signal?.aborted) return result;
  throw new BatchError('batch stopped: it was aborted by its signal', {
    ...result,
    cause: signal.reason,
  });
}

/** A prompt cannot be made up: an agent would run without its instructions. */
export function noPrompt(): never {
  throw new ConfigurationError(
    'enabled is false, and prompts come from the platform: enable the client, or keep a prompt of your own for this case',
    { configKey: 'enabled' },
  );
}
