import type { ErrorDetail } from '../../../index';
import type { CallRecord } from '../../trace/call-record';
import type { Frame, TraceScope } from '../../trace/context';
import type { StepContext } from '../../trace/step';
import type { ReadableSpan } from './api';
import type { Failure } from './failure';
import { kindOf } from './kind';
import type { Reading } from './reading';

/** A span that is under way, or has ended. */
export interface Entry {
  /** The number of the step that is kept for it. */
  readonly number: number;
  /** The number of the step that it is in; null directly under the trace. */
  readonly parent: number | null;
  readonly parentEntry: Entry | undefined;
  /** The trace. */
  readonly scope: TraceScope;
  /** The frame of ours in which it began. */
  readonly outer: Frame | undefined;
  /** In milliseconds of the monotonic clock. */
  readonly started: number;
  readonly captureContent: boolean;
  /** Until it ends. */
  span: ReadableSpan | undefined;
  reading: Reading | undefined;
  /** What it is recorded as, if it is a call of a model. */
  record: CallRecord | undefined;
  /** Whether something else may refer to its number. */
  isNeeded: boolean;
  /** Takes it out of the table of spans that are under way. */
  readonly forget: () => void;
}

/** The spans of one trace. */
export interface Spans {
  readonly scope: TraceScope;
  /** By the numbers of their steps. */
  readonly entries: ReadonlyMap<number, Entry>;
  /** The span that is the trace; undefined if that is a function. */
  readonly root: Entry | undefined;
  /** What may be shown of a failure: the spans around a call repeat its error. */
  shown(failure: Failure): Failure | ErrorDetail;
  /** Whether a step is kept for nothing. */
  isFree(number: number): boolean;
  put(number: number, step: CallRecord | StepContext): void;
}

/** Whether an entry is of an agent, or within one, by what is known so far. */
export function isOfAgent(entry: Entry): boolean {
  for (let each: Entry | undefined = entry; each; each = each.parentEntry) {
    if (each.reading ? each.reading.kind : each.span && kindOf(each.span.attributes)) return true;
  }
  return false;
}
