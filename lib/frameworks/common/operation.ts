import {
  MAX_STEP_INPUT,
  MAX_STEP_OUTPUT,
  MAX_TOOL_INPUT,
  MAX_TOOL_OUTPUT,
} from '../../bridge/limits';
import { monotonic } from '../../bridge/time';
import type { CallFacts } from '../../trace/call-facts';
import { type Frame, ownFrame, run, type TraceScope } from '../../trace/context';
import { toErrorDetail } from '../../trace/error-detail';
import { endAfter, failStep, note, numberOf, type StepContext, show } from '../../trace/step';
import { summarize } from '../../trace/summarize';
import type { Content } from './content';
import { type CallOptions, ModelCall } from './model-call';
import { shownError } from './shown-error';

/** What is known of an operation when it begins. */
export interface OperationOptions {
  /** `agent`, `tool_call`, `handoff`, `guardrail`, `retrieval`, `embedding`, or another kind of step. */
  action: string;
  /** The name of the agent, tool, or whatever else it is. It becomes the description of the step. */
  name: string;
  /** What goes in. It is recorded only if content is. */
  input?: unknown;
  metadata?: Record<string, unknown>;
  /** The id of the model's request that a tool answers. */
  toolCallId?: string;
}

/** How an operation ended. */
export interface Ending {
  /** What came out. It is recorded only if content is. */
  output?: unknown;
  /** Whatever was thrown. */
  error?: unknown;
  /** Milliseconds, if another clock has measured them. */
  durationMs?: number;
  metadata?: Record<string, unknown>;
}

/** One operation of a framework, from its beginning to its end: a trace, or a step of one. It never throws. */
export abstract class Operation {
  /** What runs inside of the operation. */
  abstract readonly frame: Frame;
  /** The frame of ours in which it began. */
  readonly outer: Frame | undefined;
  readonly content: Content;

  constructor(content: Content, outer = ownFrame()) {
    this.content = content;
    this.outer = outer;
  }

  /** Whether the trace is still under way. Later events change nothing. */
  get isOpen(): boolean {
    return !this.frame.scope.settled;
  }

  /** The number of the step; undefined for a trace. */
  get number(): number | undefined {
    return this.frame.step;
  }

  /** Begins an operation within this one. */
  start(options: OperationOptions): Operation {
    const { scope, step: parent = null } = this.frame;
    return new StepOperation({ scope, parent, outer: ownFrame(), content: this.content, options });
  }

  /** Begins a call of a model within this operation. */
  startCall(facts: CallFacts, options: CallOptions = {}): ModelCall {
    return new ModelCall(this.frame, this.content, facts, options);
  }

  /** Runs a function within the operation, so that what it calls becomes part of it. */
  run<T>(fn: () => T): T {
    return run(this.frame, fn);
  }

  /** Adds US dollars that the framework reports for the model calls of a whole run. */
  addCost(usd: number): void {
    const { scope } = this.frame;
    if (this.isOpen) scope.reportedCost = (scope.reportedCost ?? 0) + usd;
  }

  /** Returns an error as it may be shown: without content, it does not repeat what went in. */
  protected shown(error: unknown, given: unknown): unknown {
    const { input, output } = this.content;
    return input && output ? error : shownError(this.frame.scope, error, given);
  }

  abstract addMetadata(metadata: Record<string, unknown>): void;

  /** Says what goes in, if that was not known at the beginning. It is recorded only if content is. */
  abstract setInput(input: unknown): void;

  /** Ends the operation. Only the first call counts. */
  abstract end(ending?: Ending): void;
}

interface StepOptions {
  scope: TraceScope;
  /** The number of the step that it belongs to; null directly under the trace. */
  parent: number | null;
  outer: Frame | undefined;
  content: Content;
  options: OperationOptions;
}

/** An operation that is a step of a trace. */
export class StepOperation extends Operation {
  readonly frame: Frame;
  readonly #step: StepContext;
  readonly #started = monotonic();
  /** The name of the tool; undefined for other steps. */
  readonly #tool: string | undefined;
  #input: string | undefined;
  /** What went in, which an error must not repeat. */
  #given: unknown;
  /** What finds the model's request that a tool answers. */
  readonly #asked: { id: string | undefined; parent: number | null };
  /** Whether the model call is known that has asked for the tool. */
  #isAsked = false;
  #isOver = false;

  constructor({ scope, parent, outer, content, options }: StepOptions) {
    super(content, outer);
    const { action, name, input, metadata, toolCallId } = options;
    this.#tool = action === 'tool_call' ? name : undefined;
    this.#step = scope.startStep(action, name, parent);
    this.frame = { scope, step: numberOf(this.#step) };
    this.#asked = { id: toolCallId, parent };
    // Arguments are compared where they are the first, as those of a function are.
    const asked =
      this.#tool === undefined ? undefined : scope.answerRequest(name, [input], this.#asked);
    this.#isAsked = asked !== undefined;
    if (metadata) this.#step.setMetadata(metadata);
    if (toolCallId !== undefined || asked) note(this.#step, { tool_call_id: toolCallId, ...asked });
    this.setInput(input);
  }

  setInput(input: unknown): void {
    this.#given = input;
    if (!this.content.input || input === undefined) return;
    this.#input = summarize(input, this.#tool === undefined ? MAX_STEP_INPUT : MAX_TOOL_INPUT);
  }

  addMetadata(metadata: Record<string, unknown>): void {
    if (this.isOpen) attempt(() => this.#step.setMetadata(metadata));
  }

  end(ending: Ending = {}): void {
    if (this.#isOver || !this.isOpen) return;
    this.#isOver = true;
    attempt(() => this.#record(ending));
  }

  #record(ending: Ending): void {
    const { metadata, durationMs = monotonic() - this.#started } = ending;
    const failure =
      'error' in ending ? { error: this.shown(ending.error, this.#given) } : undefined;
    this.#given = undefined;
    if (metadata) this.#step.setMetadata(metadata);
    if (this.#tool === undefined) {
      if (failure) failStep(this.#step, failure.error);
      const outputPreview = this.#output(ending, MAX_STEP_OUTPUT);
      show(this.#step, { inputPreview: this.#input, outputPreview });
    } else {
      // Some tools begin while the answer that asks for them still arrives.
      const { scope } = this.frame;
      const asked =
        this.#isAsked || this.#asked.id === undefined
          ? undefined
          : scope.answerRequest(this.#tool, [], this.#asked);
      if (asked) note(this.#step, asked);
      const toolCall = {
        toolName: this.#tool,
        durationMs,
        inputSummary: this.#input,
        outputSummary: this.#output(ending, MAX_TOOL_OUTPUT),
        error: failure && toErrorDetail(failure.error),
      };
      show(this.#step, { toolCall });
    }
    endAfter(this.#step, durationMs);
  }

  #output({ output }: Ending, max: number): string | undefined {
    return this.content.output && output !== undefined ? summarize(output, max) : undefined;
  }
}

/** What cannot be recorded must not affect the framework. */
function attempt(fn: () => void): void {
  try {
    fn();
  } catch {
    // It is left out.
  }
}
