import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { current } from '../trace/context';
import { guard } from './guard';
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
  { captureContent }: WatchSettings,
  reader: MethodReader,
): void {
  replaceMethod(holder, name, (call, values) => {
    const scope = current();
    if (!scope) return call();
    const started = guard(() =>
      scope.startCall(
        guard(() => reader.request(values)) ?? {},
        captureContent ? undefined : { request: values[0] },
      ),
    );
    let result: unknown;
    try {
      result = call();
    } catch (error) {
      started?.fail(error, { sent: false });
      throw error;
    }
    if (!started) return result;
    try {
      return reader.follow(result, started);
    } catch {
      return result;
    }
  });
}
