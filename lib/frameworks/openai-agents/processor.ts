import { onePerProcess } from '../../bridge/one-per-process';
import { warn } from '../../bridge/warnings';
import { defaultClient, locateBy, Recorder, readClient } from '../common';
import { WorkflowRun } from './run';
import { type SdkContext, type SdkSpan, type SdkTrace, sdkContext, whenLeft } from './sdk';

/** What all copies of this file have in common: `infinium-o2/register` has one of its own. */
const state = onePerProcess('openai-agents', () => ({
  /** The runs that are under way, by the id of the SDK. One that several processors see is recorded by the first. */
  running: new Map<string, WorkflowRun>(),
  isLocating: false,
}));
/** What the SDK does not say about a run that has thrown. */
const FAILED = { errorType: 'Error', message: 'the workflow has thrown an error' };

/** One for all, because there are many spans. */
const DONE = Promise.resolve();

let hasWarned = false;

/** Records what the OpenAI Agents SDK traces. It never throws into the SDK. */
export class InfiniumTracingProcessor {
  readonly #client: object | undefined;
  readonly #recorder: Recorder;
  readonly #runs = new Map<string, WorkflowRun>();
  /** The contexts of runs whose traces the SDK has ended. */
  readonly #ended = new WeakSet<SdkContext>();
  /** Ends the runs that were left and never end. */
  readonly #abandoned = new FinalizationRegistry<SdkTrace>((trace) => this.#finish(trace));

  constructor(client?: unknown, options?: unknown) {
    this.#client = readClient(client);
    this.#recorder = new Recorder('OpenAI Agents', client, options);
    if (state.isLocating) return;
    state.isLocating = true;
    locateBy(() => {
      if (state.running.size === 0) return undefined;
      const { trace, span } = sdkContext() ?? {};
      const run = trace && state.running.get(trace.traceId);
      return run && (span ? run.locate(span) : run.root);
    });
  }

  async onTraceStart(trace: SdkTrace): Promise<void> {
    attempt(() => this.#start(trace));
  }

  async onTraceEnd(trace: SdkTrace): Promise<void> {
    attempt(() => {
      const context = sdkContext();
      if (context) this.#ended.add(context);
      this.#finish(trace);
    });
  }

  async onSpanStart(span: SdkSpan): Promise<void> {
    // A moment later the span of a tool has its arguments, by which the request of the model is found.
    await undefined;
    attempt(() => {
      if (span.spanData === undefined) warnOfShape('spans have no `spanData`');
      else (this.#runs.get(span.traceId) ?? this.#resume(span))?.start(span);
    });
  }

  onSpanEnd(span: SdkSpan): Promise<void> {
    attempt(() => {
      const run = this.#runs.get(span.traceId);
      run?.end(span);
      if (run?.isResumed && run.isIdle) this.#finish(span);
    });
    return DONE;
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
  }

  async forceFlush(): Promise<void> {
    try {
      await ((this.#client ?? defaultClient()) as any)?.flush();
    } catch {
      // The client is closed. What it has got is sent all the same.
    }
  }

  #start(trace: SdkTrace): void {
    const { traceId } = trace;
    const known = this.#runs.get(traceId);
    if (known) known.starts += 1;
    const run = known ?? this.#add(trace);
    if (!run) return;
    const context = sdkContext();
    if (context?.trace !== trace) {
      warnOfShape('the context of a run is not found, so tools are not seen within it');
      return;
    }
    whenLeft(context, () => {
      if (!this.#ended.has(context)) attempt(() => this.#finish(trace, FAILED));
    });
    this.#abandoned.register(context, trace, run);
  }

  /** @returns undefined if another processor records the run */
  #add(trace: SdkTrace): WorkflowRun | undefined {
    if (state.running.has(trace.traceId)) return undefined;
    const run = new WorkflowRun(this.#recorder, trace);
    this.#runs.set(trace.traceId, run);
    state.running.set(trace.traceId, run);
    return run;
  }

  /** A run that goes on after an approval has the trace of the first part, which the SDK neither starts nor ends again. */
  #resume(span: SdkSpan): WorkflowRun | undefined {
    const context = sdkContext();
    const trace = context?.trace;
    if (span.endedAt || trace?.traceId !== span.traceId) return undefined;
    const run = this.#add(trace);
    if (!run) return undefined;
    run.isResumed = true;
    this.#abandoned.register(context as SdkContext, trace, run);
    return run;
  }

  #finish({ traceId }: Pick<SdkTrace, 'traceId'>, failure?: unknown): void {
    const run = this.#runs.get(traceId);
    if (!run) return;
    run.starts -= 1;
    if (run.starts > 0) return;
    this.#abandoned.unregister(run);
    this.#runs.delete(traceId);
    state.running.delete(traceId);
    run.close(failure);
  }
}

/** What cannot be recorded must not affect the run. */
function attempt(fn: () => void): void {
  try {
    fn();
  } catch {
    // It is left out.
  }
}

function warnOfShape(problem: string): void {
  if (hasWarned) return;
  hasWarned = true;
  warn(
    'INFINIUM_WATCH',
    `This version of @openai/agents is not known: ${problem}. Traces of it are incomplete; update infinium-o2.`,
  );
}
