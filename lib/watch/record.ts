import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
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
    return frame ? record(call, values, frame, settings, reader) : call();
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
    return reader ? record(call, [guard(() => options.body)], frame, settings, reader) : call();
  });
}

/** The frame of a running trace, if this is in one. */
function runningFrame(): Frame | undefined {
  const frame = currentFrame();
  return frame?.scope.settled ? undefined : frame;
}

/** @param values the arguments, of which the first is the request */
function record(
  call: () => any,
  values: any[],
  { scope, step, call: outer }: Frame,
  { captureContent }: WatchSettings,
  reader: MethodReader,
): any {
  const [request] = values;
  const secret = captureContent ? undefined : { request };
  const started =
    guard(() => (outer as OpenCall | undefined)?.take(request)) ??
    guard(() => scope.startCall(guard(() => reader.request(values)) ?? {}, secret));
  const open = started && guard(() => new OpenCall(started, request));
  if (!open) return call();
  let result: unknown;
  try {
    result = run({ scope, step, call: open }, call);
  } catch (error) {
    started.fail(error, { sent: false });
    throw error;
  } finally {
    open.isRunning = false;
  }
  if (open.taken) return result;
  try {
    return reader.follow(result, started);
  } catch {
    return result;
  }
}
