import type { StepContext as Contract, ExecutionStep, LlmCall, ToolCall } from '../../index';
import { ValidationError } from '../bridge/errors';
import { atCaller } from '../bridge/failure';
import { MAX_STEP_INPUT, MAX_STEP_OUTPUT, MAX_TOOL_INPUT, MAX_TOOL_OUTPUT } from '../bridge/limits';
import { copy } from './copy';
import { toWholeMilliseconds } from './duration';
import { readErrorDetail, toErrorDetail } from './error-detail';
import type { AnyFunction } from './function';
import { summarize } from './summarize';

// These are functions of the module, not methods, so that users see only public methods.
let readStep: (step: StepContext) => ExecutionStep;
let failStepWith: (step: StepContext, error: unknown) => void;

/** One step of a trace, from its creation until `end`. */
export class StepContext implements Contract {
  /** Defined below if the runtime has the symbol. */
  declare [Symbol.dispose]: () => void;
  #started = performance.now();
  #durationMs: number | undefined;
  #fields: Record<string, unknown>;

  constructor(stepNumber: number, action: string, description: string) {
    this.#fields = { stepNumber, action, description };
  }

  setInput(input: unknown): this {
    this.#fields.inputPreview = preview(input, MAX_STEP_INPUT);
    return this;
  }

  setOutput(output: unknown): this {
    this.#fields.outputPreview = preview(output, MAX_STEP_OUTPUT);
    return this;
  }

  recordToolCall(toolName: string, details?: Partial<ToolCall> | null): this {
    const given = readObject('toolCall', details, StepContext.prototype.recordToolCall);
    this.#fields.toolCall = {
      ...given,
      toolName,
      durationMs: toWholeMilliseconds(given.durationMs),
      inputSummary: preview(given.inputSummary, MAX_TOOL_INPUT),
      outputSummary: preview(given.outputSummary, MAX_TOOL_OUTPUT),
      error: given.error ? readErrorDetail(given.error) : undefined,
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
    this.#fields.metadata = { ...before, ...given };
    return this;
  }

  setError(error: unknown): this {
    this.#fields.error = readErrorDetail(error);
    return this;
  }

  end(): this {
    this.#durationMs ??= toWholeMilliseconds(performance.now() - this.#started);
    return this;
  }

  static {
    readStep = (step) =>
      copy({ ...step.#fields, durationMs: step.#durationMs }) as unknown as ExecutionStep;
    failStepWith = (step, error) => {
      step.#fields.error = toErrorDetail(error);
      step.end();
    };
  }
}

// Older versions of Node.js 18 do not have this symbol.
if (Symbol.dispose) {
  Object.defineProperty(StepContext.prototype, Symbol.dispose, {
    value: function dispose(this: StepContext) {
      this.end();
    },
    configurable: true,
    writable: true,
  });
}

/** @returns a copy of the recorded step */
export function toStep(step: StepContext): ExecutionStep {
  return readStep(step);
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
