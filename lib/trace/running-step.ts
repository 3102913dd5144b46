import { MAX_STEP_INPUT, MAX_STEP_OUTPUT, MAX_TOOL_INPUT, MAX_TOOL_OUTPUT } from '../bridge/limits';
import { monotonic } from '../bridge/time';
import type { Frame, TraceScope } from './context';
import { toErrorDetail } from './error-detail';
import { read } from './read';
import type { Running } from './running';
import { SeenValues } from './seen-values';
import { failStep, note, numberOf, type StepContext, show } from './step';
import { summarize, summarizeArguments } from './summarize';

export interface StepSettings {
  /** The action of the step. */
  action: string;
  /** The name of the tool; undefined for other steps. */
  tool: string | undefined;
  description: string;
  /** Undefined: as in the trace. */
  captureInput: boolean | undefined;
  captureOutput: boolean | undefined;
  metadata: Record<string, unknown> | undefined;
}

/** One call of a tool, or of another function that is a step. */
export class RunningStep implements Running {
  readonly frame: Frame;
  readonly #scope: TraceScope;
  readonly #settings: StepSettings;
  readonly #step: StepContext;
  readonly #started = monotonic();
  readonly #input: string | undefined;
  #seen: SeenValues | undefined;
  #isOver = false;

  /** @param args the arguments of the call */
  constructor(scope: TraceScope, settings: StepSettings, args: unknown[]) {
    this.#scope = scope;
    this.#settings = settings;
    const { action, tool, description, metadata } = settings;
    this.#step = scope.startStep(action, description);
    if (metadata) this.#step.setMetadata(metadata);
    const asked = tool === undefined ? undefined : scope.answerRequest(tool, args);
    if (asked) note(this.#step, asked);
    this.frame = { scope, step: numberOf(this.#step) };
    if (settings.captureInput ?? scope.settings.captureInput) {
      const max = tool === undefined ? MAX_STEP_INPUT : MAX_TOOL_INPUT;
      this.#input = summarizeArguments(args, scope.settings.headroom * max);
    }
  }

  succeed(value: unknown): unknown {
    this.#end(() => this.#summarize(value), value);
    return value;
  }

  yielded(value: unknown): void {
    if (!this.#capturesOutput || this.#isOver) return;
    this.#seen ??= new SeenValues(this.#maxOutput);
    this.#seen.add(value);
  }

  finish(): void {
    this.#end(() => this.#seen?.text, undefined);
  }

  fail(error: unknown): void {
    this.#end(() => this.#seen?.text, undefined, { error });
  }

  get #capturesOutput(): boolean {
    return this.#settings.captureOutput ?? this.#scope.settings.captureOutput;
  }

  get #maxOutput(): number {
    const max = this.#settings.tool === undefined ? MAX_STEP_OUTPUT : MAX_TOOL_OUTPUT;
    return this.#scope.settings.headroom * max;
  }

  #summarize(value: unknown): string | undefined {
    return this.#capturesOutput ? summarize(value, this.#maxOutput) : undefined;
  }

  #end(output: () => string | undefined, value: unknown, failure?: { error: unknown }): void {
    if (this.#isOver || this.#scope.settled) return;
    this.#isOver = true;
    try {
      this.#record(output(), value, failure);
    } catch {
      // What cannot be recorded must not affect the caller of the function.
    }
    this.#step.end();
  }

  #record(output: string | undefined, value: unknown, failure?: { error: unknown }): void {
    const { tool } = this.#settings;
    if (tool === undefined) {
      show(this.#step, { inputPreview: this.#input, outputPreview: output });
      if (failure) failStep(this.#step, failure.error);
      return;
    }
    const toolCall = {
      toolName: tool,
      durationMs: monotonic() - this.#started,
      inputSummary: this.#input,
      outputSummary: output,
      error: failure && toErrorDetail(failure.error, this.#scope.settings.headroom),
      httpStatus: statusOf(failure ? failure.error : value, failure !== undefined),
    };
    show(this.#step, { toolCall });
  }
}

/** Returns the HTTP status that an error, or the response of an HTTP client, tells. */
function statusOf(value: unknown, isError: boolean): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isResponse = isError || read(value, 'headers') !== undefined;
  if (!isResponse) return undefined;
  const found = [
    read(value, 'status'),
    read(value, 'statusCode'),
    read(read(value, 'response'), 'status'),
  ];
  return found.find((status) => Number.isInteger(status) && status >= 100 && status <= 599);
}
