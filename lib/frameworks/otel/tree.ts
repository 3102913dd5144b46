import type { ErrorDetail } from '../../../index';
import type { CallRecord } from '../../trace/call-record';
import type { Frame, TraceScope } from '../../trace/context';
import { numberOf, type StepContext } from '../../trace/step';
import type { ReadableSpan } from './api';
import { arrange } from './arrange';
import { type Entry, isOfAgent, type Spans } from './entry';
import type { Failure } from './failure';
import { isCall } from './kind';
import { type Reading, readSpan, startOf } from './reading';
import { toCall } from './write';

export interface EntryOptions {
  parent: number | null;
  parentEntry: Entry | undefined;
  outer: Frame | undefined;
  captureContent: boolean;
  forget: () => void;
}

/** The trees of traces. All processors have them in common. */
const trees = new WeakMap<TraceScope, SpanTree>();

/** The tree of a trace of `client.trace`, or of an integration. */
export function treeIn(scope: TraceScope): SpanTree {
  return trees.get(scope) ?? new SpanTree(scope);
}

/** The spans of one trace. What they are about is decided when the trace is over, because their last facts tell it. */
export class SpanTree implements Spans {
  readonly scope: TraceScope;
  readonly entries = new Map<number, Entry>();
  /** The number of spans that have not ended. */
  open = 0;
  root: Entry | undefined;
  traceId: string | undefined;
  /** Errors that repeat the request of a call, with what may be shown of them. */
  readonly #secrets = new Map<string, ErrorDetail>();
  #closing: (() => void)[] = [];
  /** Numbers of spans that turned out to be of no interest. */
  readonly #free = new Set<number>();

  constructor(scope: TraceScope) {
    this.scope = scope;
    trees.set(scope, this);
    scope.whenSettling = () => {
      this.close();
      return arrange(this);
    };
  }

  /** Returns undefined if the trace has as many steps as it may have. */
  add(span: ReadableSpan, options: EntryOptions): Entry | undefined {
    const [free] = this.#free;
    const number = free ?? this.#reserve(span);
    if (number === undefined) return undefined;
    this.#free.delete(number);
    if (options.parentEntry) options.parentEntry.isNeeded = true;
    const entry: Entry = {
      ...options,
      number,
      scope: this.scope,
      started: startOf(span),
      span,
      reading: undefined,
      record: undefined,
      isNeeded: false,
    };
    this.entries.set(number, entry);
    this.open += 1;
    return entry;
  }

  #reserve(span: ReadableSpan): number | undefined {
    const { steps } = this.scope;
    const step = this.scope.startStep('span', span.name, null);
    return steps.at(-1) === step ? numberOf(step) : undefined;
  }

  end(entry: Entry, span: ReadableSpan): void {
    if (!entry.span) return;
    this.open -= 1;
    this.#read(entry, readSpan(span, entry.captureContent));
    if (entry.reading?.kind === undefined && !entry.isNeeded && entry !== this.root) {
      this.entries.delete(entry.number);
      entry.forget();
      this.#free.add(entry.number);
    }
  }

  #read(entry: Entry, reading: Reading): void {
    entry.span = undefined;
    entry.reading = reading;
    if (!isCall(reading.kind)) return;
    // At once, so that tools that run now know what has asked for them.
    entry.record = toCall(entry, reading, reading.kind);
    const { failure } = reading;
    const { error } = entry.record;
    if (failure && error && failure.message !== error.message) {
      this.#secrets.set(failure.message, error);
    }
    this.put(entry.number, entry.record);
  }

  put(number: number, step: CallRecord | StepContext): void {
    this.scope.steps[number - 2] = step;
  }

  /** Ends all spans that are under way. From now on nothing is added. */
  close(): void {
    for (const entry of this.entries.values()) {
      if (entry.span) this.#read(entry, readSpan(entry.span, entry.captureContent, Date.now()));
      entry.forget();
    }
    this.open = 0;
    for (const call of this.#closing.splice(0)) call();
  }

  /** Calls a function once when nothing is added any more. */
  onClose(call: () => void): void {
    this.#closing.push(call);
  }

  /** The name of the trace: that of its root, or of the only agent or call in it. */
  get name(): string {
    const { root } = this;
    if (root?.reading?.kind) return root.reading.name ?? root.reading.spanName;
    const top = [...this.entries.values()].filter(
      (entry) => entry.reading?.kind && !(entry.parentEntry && isOfAgent(entry.parentEntry)),
    );
    const [only] = top.length === 1 ? top : [root];
    return only?.reading?.name ?? only?.reading?.spanName ?? '';
  }

  /** The first span that tells something. */
  first(find: (reading: Reading) => string | undefined): string | undefined {
    for (const { reading } of this.entries.values()) {
      const found = reading && find(reading);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  shown(failure: Failure): Failure | ErrorDetail {
    return this.#secrets.get(failure.message) ?? failure;
  }

  isFree(number: number): boolean {
    return this.#free.has(number);
  }

  /** Whether there is something to tell. */
  get isUseful(): boolean {
    for (const { reading } of this.entries.values()) if (reading?.kind) return true;
    return false;
  }
}
