import { isPromise } from 'node:util/types';
import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { currentFrame, type Frame, run } from '../trace/context';
import { guard } from './guard';
import { OpenCall } from './open-call';
import { replaceMethod } from './patch';
import type { Root, WatchSettings } from './provider';

/** How to record the calls of one method. */
export interface MethodReader {
  /** Whether a call with these arguments is one of a language model. Without this, all are. */
  records?(values: any[]): boolean;
  /** Reads the facts that are known before the call. Errors it throws are ignored. */
  request(values: any[]): CallFacts;
  /** The part of the arguments that an error must not repeat. Without this, it is the first one. */
  content?(values: any[]): unknown;
  /** @returns other arguments, if the answer goes to a callback among them: one with a callback that is observed */
  callback?(values: any[], call: CallRecord): any[] | undefined;
  /**
   * Observes the result and returns it: the same object wherever possible. If this throws, the caller gets the
   * original result.
   */
  follow(result: any, call: CallRecord, values: any[]): any;
}

/** Records the calls of a method within traces. Outside a trace it only calls the method. */
export function recordCalls(
  holder: any,
  name: string,
  settings: WatchSettings,
  reader: MethodReader,
): void {
  const replaced = replaceMethod(holder, name, (call, values) => {
    const running = runningFrame();
    if (!running && !settings.root) return call();
    if (reader.records && !guard(() => reader.records?.(values))) return call();
    const root = running ? undefined : guard(() => settings.root?.());
    const frame = running ?? root?.frame;
    const record = frame && start(frame, values, settings, reader);
    if (!record) return call();
    if (root) follow(root, record);
    const { scope, step } = frame;
    const open = new OpenCall(record);
    const given = guard(() => reader.callback?.(values, record));
    const result = attempt(() => run({ scope, step, call: open }, () => call(given)), record);
    guard(() => open.hasReturned(values[0]));
    return open.taken || given ? result : observe(result, record, reader, values);
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
    const running = runningFrame();
    const reader = running || settings.root ? guard(() => readerOf(path)) : undefined;
    const root = running || !reader ? undefined : guard(() => settings.root?.());
    const frame = running ?? root?.frame;
    if (!reader || !frame) return call();
    // Newer clients know their options a little later.
    const late = isPromise(options) ? {} : undefined;
    const record = start(frame, [late ?? guard(() => options.body)], settings, reader);
    if (!record) return call();
    if (root) follow(root, record);
    if (late && record.facts.model === undefined) {
      options.then(
        (known: any) =>
          guard(() => record.update(reader.request([Object.assign(late, known.body)]))),
        () => {},
      );
    }
    return observe(attempt(call, record), record, reader, []);
  });
}

/** Ends a trace with the call with which it began. */
function follow(root: Root, record: CallRecord): void {
  record.onEnd = () => {
    const { purpose = 'chat', servedModel, model = 'unknown' } = record.facts;
    root.end(`${purpose} ${servedModel ?? model}`, record.error);
  };
}

/** The frame of a running trace, if this is in one. */
function runningFrame(): Frame | undefined {
  const frame = currentFrame();
  return frame?.scope.settled ? undefined : frame;
}

/**
 * Starts a record, or takes that of the call within which this one is.
 *
 * @param values the arguments, of which the first is the request
 */
function start(
  { scope, call }: Frame,
  values: any[],
  { captureContent }: WatchSettings,
  reader: MethodReader,
): CallRecord | undefined {
  const content = () => (reader.content ? guard(() => reader.content?.(values)) : values[0]);
  const taken = call && guard(() => (call as OpenCall).take(values[0]));
  if (taken) {
    // A framework that has begun it may not know the request.
    taken.alsoHides(content());
    return taken;
  }
  const facts = guard(() => reader.request(values)) ?? {};
  return guard(() => scope.startCall(facts, captureContent ? undefined : { request: content() }));
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

function observe(result: any, record: CallRecord, reader: MethodReader, values: any[]): any {
  try {
    return reader.follow(result, record, values);
  } catch {
    return result;
  }
}
