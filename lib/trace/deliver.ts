import { isPromise } from 'node:util/types';
import type { Delivery, TaskData } from '../../index';
import { drop, enqueue, type Outcome } from '../bridge/enqueue';
import { InfiniumError, ValidationError } from '../bridge/errors';
import { handleOf } from '../bridge/handle';
import { emit, emitForClient, kLogs } from '../bridge/logging';
import { DroppedFor } from '../bridge/native';
import { settingsOf } from '../bridge/settings';
import type { TraceScope } from './context';
import { observersOf } from './observers';
import { toText } from './read';
import { isSampled } from './sampling';
import type { TraceSettings } from './trace-options';

/**
 * Passes a finished trace to `onTrace` and, with `autoSend`, to the platform. It never throws: failures are
 * logged.
 */
export function deliver(
  client: object,
  settings: TraceSettings,
  task: TaskData,
  scope: TraceScope,
): void {
  const { autoSend, onTrace, onDelivered, name } = settings;
  callBack('onTrace', name, () => onTrace?.(task));
  for (const observer of observersOf(client)) observer.finished(task, scope);
  const settle = (outcome: Outcome) => {
    const delivery = toDelivery(outcome);
    if (scope.isFollowed) scope.delivered().settle(delivery);
    callBack('onDelivered', name, () => onDelivered?.(delivery, task));
  };
  const done = onDelivered || scope.isFollowed ? settle : undefined;
  if (!autoSend) {
    done?.({ error: new InfiniumError('the trace is not sent: autoSend is false') });
    return;
  }
  const handle = handleOf(client);
  try {
    if (isSampled(task, settings.sampleRate ?? settingsOf(client).sampleRate)) {
      send(client, task, scope, done);
    } else {
      drop(handle, DroppedFor.Sampling, 'sampled', done);
    }
  } catch (error) {
    logFor(client, `trace '${name}' was not sent: ${toText(error)}`);
    done?.({ error: error as InfiniumError });
  }
}

/** Sends a trace. What the user has said about it, and what the platform would refuse, is left out. */
function send(
  client: object,
  task: TaskData,
  scope: TraceScope,
  done: ((outcome: Outcome) => void) | undefined,
): void {
  const given = scope.given?.fields ?? {};
  for (let rest = Object.keys(given).length; ; rest -= 1) {
    try {
      enqueue(client, task, done);
      return;
    } catch (error) {
      const [field] = error instanceof ValidationError ? (error.field ?? '').split(/[.[]/, 1) : [];
      if (rest <= 0 || !field || !(field in given)) throw error;
      emit('WARN', `currentTrace(): ${toText((error as Error).message)}; it is left out`);
      delete (task as unknown as Record<string, unknown>)[field];
    }
  }
}

function toDelivery({ response, error }: Outcome): Delivery {
  if (!response) return { success: false, error: error as InfiniumError };
  const { traceId, trace_id: wireId } = response.data ?? {};
  const id: unknown = traceId ?? wireId;
  return { success: true, traceId: typeof id === 'string' ? id : undefined, response };
}

/** Calls a function of the user. */
function callBack(option: string, trace: string, call: () => unknown): void {
  const warn = (error: unknown) => emit('WARN', `${option} of '${trace}' threw: ${toText(error)}`);
  try {
    const returned = call();
    if (isPromise(returned)) returned.then(undefined, warn);
  } catch (error) {
    warn(error);
  }
}

function logFor(client: object, line: string): void {
  if ((client as Record<symbol, unknown>)[kLogs]) emitForClient('ERROR', line);
}
