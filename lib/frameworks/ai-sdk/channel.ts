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
/** The run that has begun last, until it is taken. */
let begun: Place | undefined;

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
    if (typeof callId !== 'string' || !RUNS.test(message.type)) return outer;
    begun = { callId, outer };
    return begun;
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

/**
 * Returns what only the asynchronous context of a run refers to: it is collected when nothing can continue the run.
 * To be called when the run begins, once; `streamText` tells of that outside of its context.
 */
export function takePlace(callId: string): object | undefined {
  const place = begun?.callId === callId ? begun : undefined;
  if (place) begun = undefined;
  return place;
}
