import type {
  ClientConfig,
  EnvironmentContext,
  ErrorDetail,
  ExecutionStep,
  TaskData,
} from '../../index';
import { lazy } from '../bridge/lazy';
import {
  MAX_EXECUTION_OUTPUT,
  MAX_INPUT_SUMMARY,
  MAX_OUTPUT_SUMMARY,
  REDACTION_HEADROOM,
} from '../bridge/limits';
import { getCurrentIsoDatetime, monotonic } from '../bridge/time';
import { renumber } from './arrange';
import { CallRecord } from './call-record';
import { type Frame, TraceScope } from './context';
import { copy, noCopies } from './copy';
import { toSeconds } from './duration';
import { mergeEnvironment } from './environment';
import { toErrorDetail } from './error-detail';
import { toLlmStep, toLlmUsage } from './llm';
import { noOverrides } from './overrides';
import type { Running } from './running';
import {
  createSanitizer,
  headroomFor,
  type Sanitizer,
  sanitizeError,
  sanitizeStep,
} from './sanitize';
import { SeenValues } from './seen-values';
import { toStep } from './step';
import { summarize } from './summarize';
import { truncate } from './text';
import type { TraceSettings } from './trace-options';
import { trimTask } from './trim';

const streams = lazy(() => require('./returned-stream') as typeof import('./returned-stream'));

/** The options of a trace, and what its client adds. */
export interface RecordingSettings extends TraceSettings {
  /** The environment of the client. */
  environment: EnvironmentContext | undefined;
  /** The prices of models. */
  prices: ClientConfig['prices'];
}

/** Records one call of a traced function as a task. Its methods never throw. */
export class Recording implements Running {
  readonly scope: TraceScope;
  readonly frame: Frame;
  #settings: RecordingSettings;
  #input: string | undefined;
  #sanitize: Sanitizer;
  #seen: SeenValues | undefined;
  #done: (task: TaskData) => void;

  /**
   * @param input returns the summary of the arguments, not sanitized yet
   * @param done called with the finished task
   * @param scope what is recorded already
   */
  constructor(
    settings: RecordingSettings,
    input: (headroom: number) => string | undefined,
    done: (task: TaskData) => void,
    scope?: TraceScope,
  ) {
    const { captureInput, captureOutput, redact } = settings;
    const headroom = headroomFor(redact);
    this.scope = scope ?? new TraceScope({ captureInput, captureOutput, headroom });
    this.frame = { scope: this.scope, step: undefined };
    this.#settings = settings;
    this.#input = input(this.scope.settings.headroom);
    this.#sanitize = createSanitizer(redact);
    this.#done = done;
  }

  /** @param value the returned value or the resolved value of the promise */
  succeed(value: unknown): unknown {
    const followed = this.#settings.untilStreamEnds
      ? streams().followReturnedStream(value, this)
      : undefined;
    if (followed !== undefined) return followed;
    this.#settle(() => this.#summarize(value), []);
    return value;
  }

  yielded(value: unknown): void {
    if (!this.#settings.captureOutput || this.scope.settled) return;
    this.#seen ??= new SeenValues(this.#maxOutput);
    this.#seen.add(value);
  }

  finish(): void {
    this.#settle(() => this.#seen?.text, []);
  }

  /** @param error the thrown value */
  fail(error: unknown): void {
    this.#settle(() => this.#seen?.text, [error]);
  }

  /**
   * Ends a recording that others have made.
   *
   * @param durationMs by their clock
   */
  complete(durationMs: number, thrown: unknown[]): void {
    this.#settle(() => undefined, thrown, durationMs);
  }

  get #maxOutput(): number {
    return this.scope.settings.headroom * MAX_OUTPUT_SUMMARY;
  }

  #summarize(value: unknown): string | undefined {
    return this.#settings.captureOutput ? summarize(value, this.#maxOutput) : undefined;
  }

  #settle(
    output: () => string | undefined,
    thrown: unknown[],
    duration = monotonic() - this.scope.started,
  ): void {
    if (this.scope.settled) return;
    try {
      this.scope.durationMs = duration;
      this.scope.settle();
      const errors = thrown.map((error) => toErrorDetail(error, REDACTION_HEADROOM));
      this.#done(this.#build(output(), errors, duration));
    } catch {
      // A trace that cannot be built must not affect the caller of the function.
    }
  }

  /**
   * @param output the summary of the result, not sanitized yet
   * @param duration milliseconds
   */
  #build(output: string | undefined, thrown: ErrorDetail[], duration: number): TaskData {
    const { name, description, environment, prices } = this.#settings;
    const sanitize = this.#sanitize;
    const { fields, tags, metadata, errors, ...given } = this.scope.given ?? noOverrides();
    const { inputSummary, outputSummary, ...otherFields } = fields;
    const resultSummary = sanitize(output, 'output', MAX_OUTPUT_SUMMARY);
    const execution: ExecutionStep = {
      stepNumber: 1,
      action: 'execution',
      description: `Execute ${otherFields.name ?? name}`,
      durationMs: Math.round(duration),
      outputPreview: resultSummary && truncate(resultSummary, MAX_EXECUTION_OUTPUT),
      metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
    };
    const { prompts, arrangement } = this.scope;
    const steps = arrangement?.steps ?? this.scope.steps;
    const calls = steps.filter((step) => step instanceof CallRecord);
    const copies = noCopies();
    const sources = {
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(duration),
      ...otherFields,
      inputSummary:
        sanitize(inputSummary, 'input', Number.POSITIVE_INFINITY) ??
        sanitize(this.#input, 'input', MAX_INPUT_SUMMARY),
      outputSummary: sanitize(outputSummary, 'output', Number.POSITIVE_INFINITY) ?? resultSummary,
      steps: [
        execution,
        ...steps.map((step, index) => {
          const built =
            step instanceof CallRecord
              ? toLlmStep(step, index + 2, sanitize, prices)
              : sanitizeStep(toStep(step), sanitize);
          return arrangement ? renumber(built, index + 2, arrangement.numbers) : built;
        }),
      ],
      errors: [...errors, ...thrown].map((error) => sanitizeError(error, sanitize)),
      llmUsage: calls.length > 0 ? toLlmUsage(calls, prices, this.scope.reportedCost) : undefined,
      environment: mergeEnvironment(environment, given.environment, tags),
      promptStudio: prompts.length > 0 ? { promptsUsed: prompts } : undefined,
    };
    const task = copy(sources, copies);
    // What the user has added has no limits.
    const isUnlimited = this.scope.given !== undefined || calls.length < steps.length;
    return trimTask(task, isUnlimited, copies.units);
  }
}
