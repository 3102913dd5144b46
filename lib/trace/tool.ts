import { lazy } from '../bridge/lazy';
import { MAX_STEP_INPUT, MAX_STEP_OUTPUT, MAX_TOOL_INPUT, MAX_TOOL_OUTPUT } from '../bridge/limits';
import { monotonic } from '../bridge/time';
import { current, type Frame, type TraceScope } from './context';
import { toErrorDetail } from './error-detail';
import type { AnyFunction } from './function';
import { imitate } from './imitate';
import { read } from './read';
import { readOption } from './read-option';
import type { Running } from './running';
import { SeenValues } from './seen-values';
import { failStep, numberOf, type StepContext } from './step';
import { summarize, summarizeArguments } from './summarize';
import { readFunction, readText } from './trace-options';
import { wrapper } from './wrapper';

const unknown = lazy(
  () => require('../bridge/unknown-options') as typeof import('../bridge/unknown-options'),
);

const OPTIONS = ['captureInput', 'captureOutput', 'description', 'metadata'];
const MAX_NAME = 500;

interface Settings {
  /** The action of the step. */
  action: string;
  /** The name of the tool; undefined for other steps. */
  tool: string | undefined;
  description: string | undefined;
  captureInput: boolean | undefined;
  captureOutput: boolean | undefined;
  metadata: Record<string, unknown> | undefined;
}

/**
 * Wraps a function as a tool. Each call within a trace is a step of it; elsewhere the function is just called.
 *
 * @throws {ValidationError} `field` names the argument or option
 */
export function traceTool(name: unknown, options?: unknown, fn?: unknown): any {
  const tool = readText('name', name, MAX_NAME);
  return traceAs('tool_call', tool, options, fn);
}

/** The same for any other kind of step, such as `retrieval`. */
export function traceStep(action: unknown, options?: unknown, fn?: unknown): any {
  return traceAs(readText('action', action, MAX_NAME), undefined, options, fn);
}

function traceAs(action: string, tool: string | undefined, options: unknown, fn: unknown): any {
  const isFunction = typeof options === 'function';
  const given =
    readOption({ options: isFunction ? undefined : options }, 'options', 'object') ?? {};
  unknown().warnOfUnknown(given, OPTIONS);
  const settings: Settings = {
    action,
    tool,
    description: tool ?? readOption(given, 'description', 'string'),
    captureInput: readOption(given, 'captureInput', 'boolean'),
    captureOutput: readOption(given, 'captureOutput', 'boolean'),
    metadata: readOption(given, 'metadata', 'object'),
  };
  const wrap = (target: AnyFunction) => imitate(target, (args) => begin(settings, target, args));
  if (isFunction) return wrap(options as AnyFunction);
  return fn === undefined ? wrapper(wrap) : wrap(readFunction(fn));
}

function begin(settings: Settings, target: AnyFunction, args: unknown[]): Running | undefined {
  const scope = current();
  if (!scope) return undefined;
  try {
    return new RunningStep(scope, settings, target, args);
  } catch {
    // The call is more important than its step.
    return undefined;
  }
}

/** One call of a tool, or of another function that is a step. */
class RunningStep implements Running {
  readonly frame: Frame;
  readonly #scope: TraceScope;
  readonly #settings: Settings;
  readonly #step: StepContext;
  readonly #started = monotonic();
  readonly #input: string | undefined;
  #seen: SeenValues | undefined;
  #isOver = false;

  constructor(scope: TraceScope, settings: Settings, target: AnyFunction, args: unknown[]) {
    this.#scope = scope;
    this.#settings = settings;
    const { action, tool, description = target.name || action, metadata } = settings;
    this.#step = scope.startStep(action, description);
    if (metadata) this.#step.setMetadata(metadata);
    const asked = tool === undefined ? undefined : scope.answerRequest(tool, args);
    if (asked) this.#step.setMetadata(asked);
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
      if (this.#input !== undefined) this.#step.setInput(this.#input);
      if (output !== undefined) this.#step.setOutput(output);
      if (failure) failStep(this.#step, failure.error);
      return;
    }
    this.#step.recordToolCall(tool, {
      durationMs: monotonic() - this.#started,
      inputSummary: this.#input,
      outputSummary: output,
      error: failure && toErrorDetail(failure.error, this.#scope.settings.headroom),
      httpStatus: statusOf(failure ? failure.error : value, failure !== undefined),
    });
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
