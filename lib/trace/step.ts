import type { StepContext as Contract, ExecutionStep, LlmCall, ToolCall } from '../../index';
import { ValidationError } from '../bridge/errors';
import { atCaller } from '../bridge/failure';
import { MAX_STEP_INPUT, MAX_STEP_OUTPUT, MAX_TOOL_INPUT, MAX_TOOL_OUTPUT } from '../bridge/limits';
import { monotonic } from '../bridge/time';
import { copy } from './copy';
import { toWholeMilliseconds } from './duration';
import { readErrorDetail, toErrorDetail } from './error-detail';
import type { AnyFunction } from './function';
import { readable } from './readable';
import { summarize } from './summarize';

// These are functions of the module, not methods, so that users see only public methods.
let readStep: (step: StepContext) => ExecutionStep;
let failStepWith: (step: StepContext, error: unknown) => void;
let readNumber: (step: StepContext) => number;
let markUsed: (step: StepContext) => void;
let setDuration: (step: StepContext, milliseconds: number) => void;
let readPlace: (step: StepContext) => Place;

export interface StepOptions {
  /** The multiple of their limits at which texts are kept, because they are redacted before they are cut. Default 1. */
  headroom?: number;
}

/** Where a step is within its trace. */
export interface Place {
  /** In milliseconds of the monotonic clock. */
  started: number;
  /** Undefined if it has not ended. */
  durationMs: number | undefined;
  /** The number of the step that it is in. */
  parent: number | undefined;
}

/** One step of a trace, from its creation until `end`. */
export class StepContext implements Contract {
  /** Defined below if the runtime has the symbol. */
  declare [Symbol.dispose]: () => void;
  #started = monotonic();
  #durationMs: number | undefined;
  #fields: Record<string, unknown>;
  #headroom: number;
  /** Whether the step ends with a block of the user (`using`). */
  #isUsed = false;

  constructor(
    stepNumber: number,
    action: string,
    description: string,
    { headroom = 1 }: StepOptions = {},
  ) {
    this.#fields = { stepNumber, action, description };
    this.#headroom = headroom;
  }

  setInput(input: unknown): this {
    this.#fields.inputPreview = preview(input, this.#headroom * MAX_STEP_INPUT);
    return this;
  }

  setOutput(output: unknown): this {
    this.#fields.outputPreview = preview(output, this.#headroom * MAX_STEP_OUTPUT);
    return this;
  }

  recordToolCall(toolName: string, details?: Partial<ToolCall> | null): this {
    const given = readObject('toolCall', details, StepContext.prototype.recordToolCall);
    this.#fields.toolCall = {
      ...given,
      toolName,
      durationMs: toWholeMilliseconds(given.durationMs),
      inputSummary: preview(given.inputSummary, this.#headroom * MAX_TOOL_INPUT),
      outputSummary: preview(given.outputSummary, this.#headroom * MAX_TOOL_OUTPUT),
      error: given.error ? readErrorDetail(given.error, this.#headroom) : undefined,
    };
    return this;
  }

  recordLlmCall(model: string, details?: Partial<LlmCall> | null): this {
    const given = readObject('llmCall', details, StepContext.prototype.recordLlmCall);
    this.#fields.llmCall = { ...given, model, latencyMs: toWholeMilliseconds(given.latencyMs) };
    return this;
  }

  setMetadata(metadata: Record<string, unknown>): this {
    const before = this.#fields.metadata as object | undefined;
    const given = readObject('metadata', metadata, StepContext.prototype.setMetadata);
    this.#fields.metadata = { ...before, ...(readable(given) as object) };
    return this;
  }

  setError(error: unknown): this {
    this.#fields.error = readErrorDetail(error, this.#headroom);
    return this;
  }

  end(): this {
    this.#durationMs ??= this.#elapsed();
    return this;
  }

  #elapsed(): number {
    return monotonic() - this.#started;
  }

  static {
    readStep = (step) => {
      // A block with `using` may return the task that it builds. Its steps end right after that.
      const durationMs = step.#durationMs ?? (step.#isUsed ? step.#elapsed() : undefined);
      return copy({
        ...step.#fields,
        durationMs: toWholeMilliseconds(durationMs),
      }) as unknown as ExecutionStep;
    };
    failStepWith = (step, error) => {
      step.#fields.error = toErrorDetail(error, step.#headroom);
      step.end();
    };
    readNumber = (step) => step.#fields.stepNumber as number;
    setDuration = (step, milliseconds) => {
      step.#durationMs = milliseconds;
    };
    readPlace = (step) => ({
      started: step.#started,
      durationMs: step.#durationMs,
      parent: (step.#fields.metadata as { parent_step?: number } | undefined)?.parent_step,
    });
    markUsed = (step) => {
      step.#isUsed = true;
    };
  }
}

// Older versions of Node.js 18 do not have this symbol.
if (Symbol.dispose) {
  const dispose = function dispose(this: StepContext) {
    this.end();
  };
  Object.defineProperty(StepContext.prototype, Symbol.dispose, {
    // `using` reads it when its block begins.
    get(this: StepContext) {
      if (this instanceof StepContext) markUsed(this);
      return dispose;
    },
    configurable: true,
  });
}

/** @returns a copy of the recorded step */
export function toStep(step: StepContext): ExecutionStep {
  return readStep(step);
}

/** Returns the number of a step within its trace. */
export function numberOf(step: StepContext): number {
  return readNumber(step);
}

export function placeOf(step: StepContext): Place {
  return readPlace(step);
}

/** Ends a step that has taken so long by the clock of another. */
export function endAfter(step: StepContext, milliseconds: number): void {
  setDuration(step, milliseconds);
}

/**
 * Ends a step with the error of its function. Unlike an ErrorDetail from the user, it may be any object, so unknown
 * fields are not kept.
 */
export function failStep(step: StepContext, error: unknown): void {
  failStepWith(step, error);
}

function preview(value: unknown, max: number): string | undefined {
  return value === undefined || value === null ? undefined : summarize(value, max);
}

/**
 * @param method the public method, where stack traces begin
 * @returns a copy
 * @throws {ValidationError} `field` is neither an object nor missing, or cannot be read
 */
function readObject<T extends object>(
  field: string,
  value: T | null | undefined,
  method: AnyFunction,
): Partial<T> {
  const invalid = (problem: string, cause?: unknown) =>
    atCaller(new ValidationError(`${field} ${problem}`, { field, cause }), method);
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object') throw invalid(`must be an object (got ${typeof value})`);
  try {
    return copy(value);
  } catch (error) {
    throw invalid('cannot be read: a getter threw', error);
  }
}
