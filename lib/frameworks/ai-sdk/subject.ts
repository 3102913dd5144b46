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
  /**
   * @param attributes that the span was told after its beginning
   * @param failed whether it has an error
   */
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
  /** Whether the function of the span is under way. */
  #isRunning = false;
  /** What the function of the span has thrown. */
  #thrown: { error: unknown } | undefined;
  #ending: { attributes: Attributes; failed: { error?: unknown } } | undefined;

  constructor(
    readonly of: ModelCall,
    readonly parent: RunSubject,
  ) {
    parent.open.add(this);
  }

  run<T>(fn: () => T): T {
    return this.of.run(fn);
  }

  /**
   * @param result a promise of what the function of the span returns. It is no part of any interface, but more exact than
   *   the attributes, and an error that it throws tells more than its name and message.
   */
  follow(result: any): void {
    if (typeof result?.then !== 'function') return;
    this.#isRunning = true;
    result.then(
      (value: any) => this.#returned(() => this.#read(value?.result ?? value)),
      (error: unknown) =>
        this.#returned(() => {
          this.#thrown = { error };
          this.of.record.update(errorFacts(error));
        }),
    );
  }

  #returned(read: () => void): void {
    guard(read);
    this.#isRunning = false;
    if (this.#ending) guard(() => this.#end());
  }

  #read(answer: unknown): void {
    const { of: run } = this.parent;
    // Its content is taken from the attributes, because only they obey `recordOutputs`. A stream that fails ends neither
    // the span of its call nor that of the run.
    run.follow(this.of, answer, false, (error) => run.end({ error }));
  }

  end(attributes: Attributes, failed: { error?: unknown }): void {
    this.parent.open.delete(this);
    this.#ending = { attributes, failed };
    if (!this.#isRunning) this.#end();
  }

  #end(): void {
    const { attributes = {}, failed = {} } = this.#ending ?? {};
    if (this.of.record.facts.promptTokens === undefined) this.of.update(answerOf(attributes));
    this.of.setOutput(outputOf(attributes));
    this.of.end('error' in failed ? (this.#thrown ?? failed) : failed);
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
