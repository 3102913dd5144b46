import { isPromise } from 'node:util/types';
import type { CallFacts } from '../trace/call-facts';
import type { CallRecord, SecretRequest } from '../trace/call-record';
import { currentFrame, type Frame, run } from '../trace/context';
import { guard } from './guard';
import { OpenCall } from './open-call';
import { replaceMethod } from './patch';
import type { WatchSettings } from './provider';

/** How to record the calls of one method. */
export interface MethodReader {
  /** Reads the facts that are known before the call. Errors it throws are ignored. */
  request(values: any[]): CallFacts;
  /**
   * Observes the result and returns it: the same object wherever possible. If this throws, the caller gets the
   * original result.
   */
  follow(result: any, call: CallRecord): any;
}

/** Records the calls of a method within traces. Outside a trace it only calls the method. */
export function recordCalls(
  holder: any,
  name: string,
  settings: WatchSettings,
  reader: MethodReader,
): void {
  const replaced = replaceMethod(holder, name, (call, values) => {
    const frame = runningFrame();
    if (!frame) return call();
    const [request] = values;
    const record =
      takeRecord(frame, request) ??
      guard(() => startCall(frame, reader, values, settings, { request }));
    if (!record) return call();
    const { scope, step } = frame;
    const open = new OpenCall(record);
    const result = attempt(() => run({ scope, step, call: open }, call), record);
    guard(() => open.hasReturned(request));
    return open.taken ? result : observe(result, record, reader);
  });
  if (!replaced) settings.missed?.(name);
}

/**
 * Records the requests of a client that do not come from a watched method: those that the user sends with `post`, and
 * those of the client that a wrapper of another package has copied.
 *
 * @param resource knows its client, which may be another object than the watched one
 * @param readerOf says how to read the answers at a path, if they are those of a language model
 */
export function recordRequests(
  resource: any,
  client: any,
  settings: WatchSettings,
  readerOf: (path: string) => MethodReader | undefined,
): void {
  const sender = guard(() => resource._client) ?? client;
  replaceMethod(sender, 'post', (call, [path, options]) => {
    const frame = runningFrame();
    const reader = frame && guard(() => readerOf(path));
    if (!reader) return call();
    const record =
      takeRecord(frame, options?.body) ??
      guard(() => startRequest(frame, reader, options, settings));
    return record ? observe(attempt(call, record), record, reader) : call();
  });
}

/** The frame of a running trace, if this is in one. */
function runningFrame(): Frame | undefined {
  const frame = currentFrame();
  return frame?.scope.settled ? undefined : frame;
}

/** Takes the record of the call within which this one is, if it is the same. */
function takeRecord({ call }: Frame, request: unknown): CallRecord | undefined {
  return call && guard(() => (call as OpenCall).take(request));
}

/** @param values the arguments of the method */
function startCall(
  { scope }: Frame,
  reader: MethodReader,
  values: any[],
  { captureContent }: WatchSettings,
  secret: SecretRequest,
): CallRecord {
  const facts = guard(() => reader.request(values)) ?? {};
  return scope.startCall(facts, captureContent ? undefined : secret);
}

/** @param options those of the request, or a promise of them */
function startRequest(
  frame: Frame,
  reader: MethodReader,
  options: any,
  settings: WatchSettings,
): CallRecord {
  if (!isPromise(options)) {
    const { body } = options;
    return startCall(frame, reader, [body], settings, { request: body });
  }
  const secret: SecretRequest = { request: undefined };
  const record = startCall(frame, reader, [], settings, secret);
  const read = ({ body }: any) => {
    secret.request = body;
    record.update(reader.request([body]));
  };
  // The client reads the promise, too, so a rejection is handled already.
  options.then(
    (resolved) => guard(() => read(resolved)),
    () => {},
  );
  return record;
}

/** Calls a method, and records what it throws. */
function attempt(call: () => any, record: CallRecord): any {
  try {
    return call();
  } catch (error) {
    record.fail(error, { sent: false });
    throw error;
  }
}

function observe(result: any, record: CallRecord, reader: MethodReader): any {
  try {
    return reader.follow(result, record);
  } catch {
    return result;
  }
}
