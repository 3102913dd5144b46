import type { TaskData } from '../../index';
import type { TraceScope } from './context';

/** Gets the traces of a client. Its methods must not throw. */
export interface TraceObserver {
  /** A trace begins here, in this asynchronous context. */
  began(scope: TraceScope): void;
  /** A trace is over, whether or not it is sent. */
  finished(task: TaskData, scope: TraceScope): void;
}

const NONE: readonly TraceObserver[] = [];
const observers = new WeakMap<object, TraceObserver[]>();
/** Most programs have no observer at all. */
let isUsed = false;

/**
 * Tells an observer of the traces of a client.
 *
 * @returns a function that ends it
 */
export function observeTraces(client: object, observer: TraceObserver): () => void {
  isUsed = true;
  observers.set(client, [...observersOf(client), observer]);
  return () => {
    observers.set(
      client,
      observersOf(client).filter((other) => other !== observer),
    );
  };
}

export function observersOf(client: object): readonly TraceObserver[] {
  return isUsed ? (observers.get(client) ?? NONE) : NONE;
}
