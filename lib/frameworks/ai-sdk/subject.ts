import { errorFacts } from '../../trace/error-facts';
import { guard } from '../../watch/guard';
import type { ModelCall, Operation } from '../common';
import { type Attributes, answerOf, outputOf, parse } from './attributes';
import { ABORTED } from './errors';
import type { Run } from './run';

/** What a span records. */
export interface Subject {
  /** Runs what the span surrounds. */
  run<T>(fn: () => T): T;
  /** Is shown what the function of the span has resolved to, which is no part of any interface. */
  returned?(value: unknown): void;
  /** Is shown what it has thrown. The span is told its name and message only. */
  threw?(error: unknown): void;
  /** @param failed whether the span has an error */
  end(attributes: Attributes, failed: { error?: unknown }): void;
}

export class RunSubject implements Subject {
  /** Spans of calls of models that have not ended. */
  readonly open = new Set<CallSubject>();

  constructor(readonly of: Run) {}

  run<T>(fn: () => T): T {
    return this.of.operation.run(fn);
  }

  end(attributes: Attributes, failed: { error?: unknown }): void {
    this.of.succeed(outputOf(attributes));
    // The span of a run ends without an error if its stream is aborted, and that of the call does not end.
    this.of.end(this.open.size > 0 && !('error' in failed) ? { error: ABORTED } : failed);
  }
}

export class CallSubject implements Subject {
  constructor(
    readonly of: ModelCall,
    readonly parent: RunSubject,
  ) {
    parent.open.add(this);
  }

  run<T>(fn: () => T): T {
    return this.of.run(fn);
  }

  returned(value: any): void {
    // Its content is taken from the attributes, because only they obey `recordOutputs`.
    const { of: run } = this.parent;
    // A stream that fails ends neither the span of its call nor that of the run.
    guard(() => run.follow(this.of, value?.result ?? value, false, (error) => run.end({ error })));
  }

  end(attributes: Attributes, failed: { error?: unknown }): void {
    this.parent.open.delete(this);
    this.of.setOutput(outputOf(attributes));
    // What the model itself has told is more exact.
    const { facts: known } = this.of.record;
    this.of.end({ facts: { ...answerOf(attributes), ...known }, ...failed });
  }

  threw(error: unknown): void {
    // The span of the call has told its error.
    this.of.record.update(errorFacts(error));
  }
}

export class ToolSubject implements Subject {
  constructor(readonly of: Operation) {}

  run<T>(fn: () => T): T {
    return this.of.run(fn);
  }

  end(attributes: Attributes, failed: { error?: unknown }): void {
    this.of.end({ output: parse(attributes['ai.toolCall.result']), ...failed });
  }
}
