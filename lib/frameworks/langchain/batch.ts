import type { Frame } from '../../trace/context';

/** What a watched client asks for the record of its call. */
interface Taken {
  take(request: unknown): unknown;
}

/**
 * The calls of a batch, by an object that LangChain passes for all of them: one function of LangChain makes them, in
 * their order.
 */
const batches = new WeakMap<object, Taken[]>();

/**
 * @param key what LangChain passes for the calls of a batch
 * @param frame of a call
 * @returns what runs in the function that makes it: of several calls, a watched client takes the first that is left
 */
export function frameOfBatch(key: unknown, frame: Frame): Frame {
  if (typeof key !== 'object' || key === null) return frame;
  const calls = batches.get(key) ?? [];
  calls.push(frame.call as Taken);
  batches.set(key, calls);
  if (calls.length === 1) return frame;
  const call: Taken = {
    take(request) {
      for (const each of calls) {
        const taken = each.take(request);
        if (taken !== undefined) return taken;
      }
      return undefined;
    },
  };
  return { ...frame, call };
}
