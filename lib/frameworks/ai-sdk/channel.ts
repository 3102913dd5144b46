import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { guard } from '../../watch/guard';
import { locateBy } from '../common';
import { runOf } from './runs';

/** Where the SDK tells of its operations, with the asynchronous context in which they run. */
const CHANNEL = 'ai:telemetry';

/** The operations that are runs. The others, such as `step`, are parts of one. */
const RUNS = /^(generateText|streamText|embed|embedMany|rerank)$/;

/** A run, and that within which it is. */
interface Place {
  readonly callId: string;
  readonly outer: Place | undefined;
}

let places: AsyncLocalStorage<Place | undefined> | undefined;

/**
 * Lets what a run calls find it: functions of the user such as `prepareStep`, which no hook surrounds. Versions of
 * Node.js without tracing channels, and of the SDK without this one, do without.
 */
export function listen(): void {
  if (places || typeof tracingChannel !== 'function') return;
  const storage = new AsyncLocalStorage<Place | undefined>();
  places = storage;
  const channel = tracingChannel(CHANNEL);
  channel.start.bindStore(storage, (message: any) => {
    const outer = storage.getStore();
    const { callId } = message?.event ?? {};
    return typeof callId === 'string' && RUNS.test(message.type) ? { callId, outer } : outer;
  });
  // `generateText` may fail after it has told its end: its result is parsed last.
  channel.asyncEnd.subscribe((message: any) => {
    guard(() => message.type === 'generateText' && runOf(message.event.callId)?.end());
  });
  locateBy(() => {
    for (let place = storage.getStore(); place; place = place.outer) {
      const run = runOf(place.callId);
      if (run) return run.operation;
    }
    return undefined;
  });
}

/** Whether the end of a run will be told on the channel. */
export function isHeard(callId: string): boolean {
  return places?.getStore()?.callId === callId;
}
