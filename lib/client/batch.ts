import type { AbortSignalLike, ApiResponse, BatchResult } from '../../index';
import { withEnvironment } from '../bridge/built';
import { startCall } from '../bridge/calls';
import { BatchError, ValidationError } from '../bridge/errors';
import { atCaller, type ErrorDescription, type Method, toError } from '../bridge/failure';
import { handleOf } from '../bridge/handle';
import { lazy } from '../bridge/lazy';
import type { NativeBatch } from '../bridge/native';
import { readTask } from '../bridge/read-task';
import { settingsOf } from '../bridge/settings';
import { readBatchOptions } from './arguments';
import { count, nameOf } from './tasks';

const disabled = lazy(() => require('./disabled') as typeof import('./disabled'));

/** A task that could not be read. The native client counts it as failed. */
interface Unreadable {
  field: string;
  message: string;
  cause: unknown;
}

/** The result of a batch, as the native client describes it. */
interface BatchDescription extends Omit<BatchResult, 'results'> {
  results: (Omit<ApiResponse, 'error'> & { error?: ErrorDescription })[];
  /** Why the batch stopped early; undefined if it did not. */
  stoppedBy?: ErrorDescription;
}

interface SendBatchSettings {
  concurrent: boolean;
  /** The public method, where stack traces begin. */
  method: Method;
}

/** Sends a batch. The errors of its tasks have the same classes as those of single sends. */
export async function sendBatch(
  client: object,
  tasks: unknown,
  options: unknown,
  { concurrent, method }: SendBatchSettings,
): Promise<BatchResult> {
  const handle = handleOf(client);
  if (!settingsOf(client).enabled) return disabled().checkBatch(handle, tasks, options, method);
  const { onProgress, ...hooks } = readBatchOptions(options);
  const total = count(tasks);
  const { result, stoppedBy, reason } = await runBatch(client, tasks as unknown[], {
    ...hooks,
    total,
    concurrent,
    method,
    onProgress: onProgress && guardProgress(onProgress, total),
  });
  if (!stoppedBy) return result;
  const aborted = stoppedBy.kind === 'cancelled';
  const cause = atCaller(aborted ? reason : toError(stoppedBy), method);
  const message =
    `batch stopped after ${result.successfulTasks} of ${result.totalTasks} tasks were sent: ` +
    (aborted ? 'it was aborted by its signal or deadline' : stoppedBy.message);
  throw new BatchError(message, { ...result, cause, statusCode: stoppedBy.statusCode });
}

interface RunBatchSettings extends SendBatchSettings {
  total: number;
  signal?: AbortSignalLike | undefined;
  /** Milliseconds. */
  deadline?: number | undefined;
  onProgress?: ((done: number) => void) | undefined;
}

/** What has become of a batch. */
interface BatchOutcome {
  result: BatchResult;
  /** Why the batch stopped early; undefined if it did not. */
  stoppedBy: ErrorDescription | undefined;
  /** The abort reason of the batch, if it was aborted. */
  reason: unknown;
}

/** Sends a batch of checked size by a client that is enabled. Rejects only if the client cannot send at all. */
export async function runBatch(
  client: object,
  tasks: unknown[],
  { total, concurrent, method, signal, deadline, onProgress }: RunBatchSettings,
): Promise<BatchOutcome> {
  let unreadable = new Map<number, Unreadable>();
  let reason: unknown;
  const { stoppedBy, ...described } = await startCall<BatchDescription>(
    handleOf(client),
    (native, callId, abortable) => {
      const progress = onProgress !== undefined;
      const batch = native.sendBatch(callId, { abortable, total, concurrent, progress });
      unreadable = addAll(client, tasks, total, batch);
    },
    {
      signal,
      deadline,
      sends: true,
      // The batch still reports the outcome of each task.
      onAbort: (given) => {
        reason = given;
      },
      onProgress,
    },
  );
  return { result: withErrors(described, unreadable, method), stoppedBy, reason };
}

/** Loaded only for batches that report progress. */
function guardProgress(callback: (done: number, total: number) => void, total: number) {
  const progress = require('./progress') as typeof import('./progress');
  return progress.guardProgress(callback, total);
}

/**
 * Reads all tasks and adds them to the batch. The first tasks are sent while this reads the rest. An unreadable
 * task does not affect the others.
 */
function addAll(
  client: object,
  tasks: unknown[],
  total: number,
  batch: NativeBatch,
): Map<number, Unreadable> {
  const unreadable = new Map<number, Unreadable>();
  for (let index = 0; index < total; index += 1) {
    try {
      batch.add(readTask(withEnvironment(client, tasks[index])));
    } catch (error) {
      const problem = toUnreadable(error);
      unreadable.set(index, problem);
      batch.addUnreadable(problem.field, problem.message, nameOf(tasks, index));
    }
  }
  batch.end();
  return unreadable;
}

/** @param error a `ValidationError` of the task, or what the array threw */
function toUnreadable(error: any): Unreadable {
  const { field } = error ?? {};
  if (typeof field === 'string') return { field, message: error.message, cause: error.cause };
  return { field: 'task', message: 'task cannot be read: its array threw', cause: error };
}

/** Makes errors of what the native client says of failed tasks. */
function withErrors(
  described: Omit<BatchDescription, 'stoppedBy'>,
  unreadable: Map<number, Unreadable>,
  method: Method,
): BatchResult {
  described.results.forEach((response, index) => {
    if (response.success) return;
    const problem = unreadable.get(index);
    const error = problem
      ? new ValidationError(problem.message, problem)
      : toError(response.error as ErrorDescription);
    Object.assign(response, { error: atCaller(error, method) });
  });
  return described as BatchResult;
}
