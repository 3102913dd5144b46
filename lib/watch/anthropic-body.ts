import { isPromise } from 'node:util/types';
import type { CallRecord } from '../trace/call-record';
import { guard } from './guard';
import type { Observer } from './promise';
import { followStream } from './stream';

/**
 * Observes a stream whose events another promise parses. Threads and tool runners take the response from the promise of
 * `create` (`_responseProps`), drop it, and parse the response anew.
 *
 * @param observe is called with each event
 */
export function followBody(promise: any, call: CallRecord, observe: Observer): void {
  const { _responseProps: respond } = promise ?? {};
  if (typeof respond !== 'function') return;
  const value = function (this: any, ...values: any[]) {
    const found = respond.apply(this, values);
    if (!isPromise(found)) return found;
    return found.then((props: any) => {
      guard(() => followEvents(props, call, observe));
      return props;
    });
  };
  Object.defineProperty(promise, '_responseProps', { value, configurable: true, writable: true });
}

function followEvents(props: any, call: CallRecord, observe: Observer): void {
  // An answer that is no stream is parsed by the promise itself.
  if (!props?.options?.stream) return;
  const decoder = new EventDecoder(observe);
  followStream(props.response.body, call, (bytes) => decoder.add(bytes));
}

/** Finds the events in the bytes of a stream. */
class EventDecoder {
  #observe: Observer;
  #decoder = new TextDecoder();
  #rest = '';

  constructor(observe: Observer) {
    this.#observe = observe;
  }

  add(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const event = guard(() => JSON.parse(line.slice('data:'.length)));
      if (event !== undefined) this.#observe(event);
    }
  }
}
