import { MAX_INPUT_SUMMARY, MAX_OUTPUT_SUMMARY } from '../../bridge/limits';
import { currentFrame, type Located, ownFrame } from '../../trace/context';
import { findRequest, type ToolRequest } from '../../trace/tool-requests';
import { ModelCall, type Operation, type Recorder } from '../common';
import {
  answerOf,
  firstFacts,
  inputOf,
  isCall,
  lastFacts,
  outputOf,
  questionOf,
  toItem,
  turnUsage,
} from './calls';
import { errorOf, HiddenErrors } from './errors';
import type { SdkSpan, SdkTrace } from './sdk';
import { describe, ending } from './steps';

/** The name of a workflow that has been given none. */
const UNNAMED = 'Agent workflow';

/** A span that has begun and not ended. */
interface OpenSpan {
  span: SdkSpan;
  parent: OpenSpan | undefined;
  /** Undefined for the span of the run itself. */
  recorded: Operation | ModelCall | undefined;
  /** Whether it belongs to a tool or guardrail, so that its answer is not the answer of the run. */
  isNested: boolean;
  /** The tools that models have asked for within it. */
  requests: ToolRequest[];
  /** A model call within it whose usage is not known. */
  uncounted?: ModelCall;
}

/** Records one run of a workflow: what the SDK calls a trace. */
export class WorkflowRun {
  readonly #recorder: Recorder;
  readonly #trace: SdkTrace;
  /** Begun and not ended, in the order of their starts. */
  readonly #open = new Map<string, OpenSpan>();
  readonly #ended = new Set<string>();
  readonly #errors = new HiddenErrors();
  #root: Operation | undefined;
  #error: ReturnType<typeof errorOf>;
  #answer: string | undefined;
  #hasQuestion = false;
  #showsContent = false;
  /** How many times the SDK has started the trace, less the times it has ended it. */
  starts = 1;
  /** Whether the SDK has not started the trace for it, and will not end it. */
  isResumed = false;

  constructor(recorder: Recorder, trace: SdkTrace) {
    this.#recorder = recorder;
    this.#trace = trace;
  }

  /** Whether all spans have ended. */
  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  /** The operation of the whole run. An agent within a trace of the user has none. */
  get root(): Operation | undefined {
    return this.#root;
  }

  /** A span has started. It is recorded once, however often this is called. */
  start(span: SdkSpan): void {
    const known = this.#open.get(span.spanId);
    if (known) {
      known.span = span;
      return;
    }
    if (this.#ended.has(span.spanId)) return;
    this.#endFinished();
    this.#begin(span);
  }

  end(span: SdkSpan): void {
    const open = this.#open.get(span.spanId);
    if (!open) return;
    open.span = span;
    this.#end(open);
  }

  /** Returns the operation of the span that runs here. */
  locate(span: SdkSpan): Located | undefined {
    // The SDK may run a tool before it says that its span has started.
    if (!this.#open.has(span.spanId) && !this.#ended.has(span.spanId)) {
      const parent = this.#open.get(span.parentId ?? '')?.recorded;
      if (parent && parent.outer === ownFrame()) this.start(span);
    }
    const open = this.#open.get(span.spanId) ?? this.#open.get(span.parentId ?? '');
    return open?.recorded ?? this.#root;
  }

  /** Ends the run, with all that has not ended. */
  close(failure?: unknown): void {
    this.#endFinished();
    for (const open of [...this.#open.values()].reverse()) this.#end(open);
    const error = this.#error ?? failure;
    const output = this.#answer;
    this.#root?.end(error === undefined ? { output } : { error });
    // Another run may follow in the same trace of the SDK.
    this.#root = undefined;
    this.#error = undefined;
    this.#answer = undefined;
    this.#hasQuestion = false;
  }

  /** Ends the spans whose end the SDK has not told yet, because another processor makes it wait. */
  #endFinished(): void {
    const ended: OpenSpan[] = [];
    for (const open of this.#open.values()) if (open.span.endedAt) ended.push(open);
    for (const open of ended.reverse()) this.#end(open);
  }

  #begin(span: SdkSpan): void {
    const parent = this.#open.get(span.parentId ?? '');
    const { spanData } = span;
    const open: OpenSpan = {
      span,
      parent,
      recorded: undefined,
      isNested: parent !== undefined && (parent.isNested || isGuarded(parent)),
      requests: [],
    };
    this.#open.set(span.spanId, open);
    // The span of the run itself. Its agent follows at once, for which the run is named.
    if (spanData.type === 'task') {
      if (parent?.recorded) open.recorded = parent.recorded;
      return;
    }
    if (isCall(spanData)) {
      const facts = firstFacts(spanData);
      open.recorded = this.#parentOf(open)?.startCall(facts, { request: spanData });
    } else open.recorded = this.#startStep(open);
    if (open.recorded?.content.input) this.#showsContent = true;
  }

  #startStep(open: OpenSpan): Operation | undefined {
    const { spanData } = open.span;
    const options = describe(spanData);
    if (spanData.type === 'function') {
      const asked = findRequest(open.parent?.requests ?? [], options.name, [options.input]);
      options.toolCallId = asked?.id;
    }
    const isRun = spanData.type === 'agent' && !operationOf(open.parent) && !this.#hasRoot();
    // An agent within a trace of the user is a step of it.
    if (isRun && this.#isUnnamed && isWithinTrace()) return this.#recorder.start(options);
    return this.#parentOf(open, isRun ? options.name : undefined)?.start(options);
  }

  /** @param agent for which the run is named */
  #parentOf({ parent }: OpenSpan, agent?: string): Operation | undefined {
    return operationOf(parent) ?? this.#rootFor(agent);
  }

  #rootFor(agent: string | undefined): Operation | undefined {
    if (this.#hasRoot()) return this.#root;
    const { name, groupId, metadata, traceId } = this.#trace;
    this.#root = this.#recorder.start({
      name: this.#isUnnamed && agent !== undefined ? agent : name,
      metadata: { ...metadata, openai_trace_id: traceId },
      session: groupId ?? undefined,
    });
    return this.#root;
  }

  /** The trace in which a run has begun may be over, and another one follows. */
  #hasRoot(): boolean {
    return this.#root?.isOpen === true;
  }

  get #isUnnamed(): boolean {
    return this.#trace.name === UNNAMED;
  }

  #end(open: OpenSpan): void {
    const { span, recorded } = open;
    this.#open.delete(span.spanId);
    this.#ended.add(span.spanId);
    const { type } = span.spanData;
    if (recorded instanceof ModelCall) this.#endCall(open, recorded);
    else if (type !== 'task') {
      const error = this.#errorOf(span);
      const durationMs = durationOf(span);
      recorded?.end({ ...ending(span.spanData), durationMs, ...(error && { error }) });
    }
    if (type === 'turn') open.uncounted?.update(turnUsage(span.spanData) ?? {});
    if (open.parent === undefined || open.parent.span.spanData.type === 'task') {
      // A later agent or run may make up for the failure of one.
      if (type === 'agent' || type === 'task') this.#error = this.#errorOf(span);
    }
    // The SDK ends the trace of a stream after the user has seen its end, and the trace of a failed run never.
    if (type === 'task' && !open.parent && span.spanData.name === this.#trace.name) this.close();
  }

  #errorOf(span: SdkSpan) {
    return this.#showsContent ? errorOf(span) : this.#errors.ofOther(span);
  }

  #endCall(open: OpenSpan, call: ModelCall): void {
    const { span, parent } = open;
    const { spanData } = span;
    const { content } = call;
    const facts = lastFacts(spanData, content);
    if (content.input) call.setInput(inputOf(spanData), undefined, toItem);
    call.setOutput(outputOf(spanData));
    const hidden = this.#errors.ofCall(span);
    const error = content.input ? errorOf(span) : hidden;
    call.end({ facts, durationMs: durationOf(span), ...(error && { error }) });
    if (error?.status) call.update({ httpStatus: error.status });
    parent?.requests.push(...(facts.toolRequests ?? []));
    const isCounted = facts.promptTokens !== undefined || call.isWatched;
    if (parent && !error && !isCounted) parent.uncounted = call;
    if (!open.isNested) this.#summarize(spanData, call);
  }

  /** Keeps the first question and the last answer for the summaries of the run. */
  #summarize(data: Record<string, any>, { content }: ModelCall): void {
    if (content.output) this.#answer = answerOf(data, MAX_OUTPUT_SUMMARY) ?? this.#answer;
    if (!content.input || this.#hasQuestion) return;
    const question = questionOf(data, MAX_INPUT_SUMMARY);
    if (question !== undefined) this.#root?.setInput(question);
    this.#hasQuestion = true;
  }
}

/** Returns the operation to which what runs within a span belongs. */
function operationOf(open: OpenSpan | undefined): Operation | undefined {
  if (!open) return undefined;
  const { recorded } = open;
  return recorded && !(recorded instanceof ModelCall) ? recorded : operationOf(open.parent);
}

function isGuarded({ span }: OpenSpan): boolean {
  return span.spanData.type === 'function' || span.spanData.type === 'guardrail';
}

function isWithinTrace(): boolean {
  const frame = currentFrame();
  return frame !== undefined && !frame.scope.settled;
}

/** Milliseconds by the clock of the SDK. */
function durationOf({ startedAt, endedAt }: SdkSpan): number | undefined {
  if (!startedAt || !endedAt) return undefined;
  const duration = Date.parse(endedAt) - Date.parse(startedAt);
  return duration >= 0 ? duration : undefined;
}
