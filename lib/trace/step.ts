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

/**
 * What is not for users: copies of this package have it in common, because a step of one may be within a trace of
 * another.
 */
const kInner = Symbol.for('infinium-o2.v1.step');

/** Its shape must not change within a major version, but for what is added. */
interface Inner {
  read(): ExecutionStep;
  readonly number: number;
  place(): Place;
  fail(error: unknown): void;
  lasted(milliseconds: number): void;
  /** Missing in copies of this package that are older. */
  note?(metadata: Record<string, unknown>): void;
  show?(shown: Shown): void;
}

/** What goes into a step and comes out of it, as summaries: they are cut, and have no secrets. */
export interface Shown {
  inputPreview?: string | undefined;
  outputPreview?: string | undefined;
  toolCall?: Partial<ToolCall> & { toolName: string };
}

let markUsed: (step: StepContext) => void;

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
    markUsed = (step) => {
      step.#isUsed = true;
    };
    /** A class, because an object with as many functions would take longer to make than most steps. */
    class Own implements Inner {
      constructor(private readonly step: StepContext) {}

      read(): ExecutionStep {
        return this.step.#read();
      }

      get number(): number {
        return this.step.#fields.stepNumber as number;
      }

      place(): Place {
        const { parent_step: parent } = (this.step.#fields.metadata ?? {}) as any;
        return { started: this.step.#started, durationMs: this.step.#durationMs, parent };
      }

      fail(error: unknown): void {
        this.step.#fields.error = toErrorDetail(error, this.step.#headroom);
        this.step.end();
      }

      lasted(milliseconds: number): void {
        this.step.#durationMs = milliseconds;
      }

      note(metadata: Record<string, unknown>): void {
        const fields = this.step.#fields;
        // Its own by now: only this and `setMetadata` write it, and both begin with a copy.
        fields.metadata ??= {};
        for (const key of Object.keys(metadata)) {
          if (metadata[key] !== undefined) (fields.metadata as any)[key] = metadata[key];
        }
      }

      show({ toolCall, inputPreview, outputPreview }: Shown): void {
        const fields = this.step.#fields;
        if (inputPreview !== undefined) fields.inputPreview = inputPreview;
        if (outputPreview !== undefined) fields.outputPreview = outputPreview;
        if (!toolCall) return;
        fields.toolCall = {
          ...toolCall,
          durationMs: toWholeMilliseconds(toolCall.durationMs),
          error: toolCall.error && readErrorDetail(toolCall.error, this.step.#headroom),
        };
      }
    }
    Object.defineProperty(StepContext.prototype, kInner, {
      value: function inner(this: StepContext): Inner {
        return new Own(this);
      },
    });
  }

  #read(): ExecutionStep {
    // A block with `using` may return the task that it builds. Its steps end right after that.
    const durationMs = this.#durationMs ?? (this.#isUsed ? this.#elapsed() : undefined);
    return copy({
      ...this.#fields,
      durationMs: toWholeMilliseconds(durationMs),
    }) as unknown as ExecutionStep;
  }
}

function innerOf(step: StepContext): Inner {
  return (step as unknown as { [kInner](): Inner })[kInner]();
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
  return innerOf(step).read();
}

/** Returns the number of a step within its trace. */
export function numberOf(step: StepContext): number {
  return innerOf(step).number;
}

export function placeOf(step: StepContext): Place {
  return innerOf(step).place();
}

/** Adds metadata of this package: numbers and texts that need no check. Undefined values are left out. */
export function note(step: StepContext, metadata: Record<string, unknown>): void {
  const inner = innerOf(step);
  if (inner.note) inner.note(metadata);
  else step.setMetadata(metadata);
}

/** Adds what is summarized already, without doing that again. */
export function show(step: StepContext, shown: Shown): void {
  const inner = innerOf(step);
  if (inner.show) {
    inner.show(shown);
    return;
  }
  const { inputPreview, outputPreview, toolCall } = shown;
  if (inputPreview !== undefined) step.setInput(inputPreview);
  if (outputPreview !== undefined) step.setOutput(outputPreview);
  if (toolCall) step.recordToolCall(toolCall.toolName, toolCall);
}

/** Ends a step that has taken so long by the clock of another. */
export function endAfter(step: StepContext, milliseconds: number): void {
  innerOf(step).lasted(milliseconds);
}

/**
 * Ends a step with the error of its function. Unlike an ErrorDetail from the user, it may be any object, so unknown
 * fields are not kept.
 */
export function failStep(step: StepContext, error: unknown): void {
  innerOf(step).fail(error);
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
