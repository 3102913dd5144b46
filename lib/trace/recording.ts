import type { ErrorDetail, TaskData } from '../../index';
import {
  MAX_EXECUTION_OUTPUT,
  MAX_INPUT_SUMMARY,
  MAX_OUTPUT_SUMMARY,
  REDACTION_HEADROOM,
} from '../bridge/limits';
import { getCurrentIsoDatetime } from '../bridge/time';
import type { TraceScope } from './context';
import { copy } from './copy';
import { toSeconds } from './duration';
import { getEnvironment } from './environment';
import { toErrorDetail } from './error-detail';
import { toLlmStep, toLlmUsage } from './llm';
import { createSanitizer, headroomFor, type Sanitizer, sanitizeError } from './sanitize';
import { summarize } from './summarize';
import { truncate } from './text';
import type { TraceSettings } from './trace-options';
import { trimTask } from './trim';

/** Records one call of a traced function as a task. Its methods never throw. */
export class Recording {
  readonly scope: TraceScope;
  #started = performance.now();
  #settings: TraceSettings;
  #input: string | undefined;
  #sanitize: Sanitizer;
  #done: (task: TaskData) => void;

  /**
   * @param input the summary of the arguments, not sanitized yet
   * @param done called with the finished task
   */
  constructor(
    settings: TraceSettings,
    scope: TraceScope,
    input: string | undefined,
    done: (task: TaskData) => void,
  ) {
    this.scope = scope;
    this.#settings = settings;
    this.#input = input;
    this.#sanitize = createSanitizer(settings.redact);
    this.#done = done;
  }

  /** @param value the returned value or the resolved value of the promise */
  succeed(value: unknown): void {
    this.#settle(value, []);
  }

  /** @param error the thrown value */
  fail(error: unknown): void {
    this.#settle(undefined, [error]);
  }

  #settle(value: unknown, thrown: unknown[]): void {
    if (this.scope.settled) return;
    try {
      const duration = performance.now() - this.#started;
      this.scope.settle();
      const errors = thrown.map((error) => toErrorDetail(error, REDACTION_HEADROOM));
      this.#done(this.#build(value, errors, duration));
    } catch {
      // A trace that cannot be built must not affect the caller of the function.
    }
  }

  /** @param duration milliseconds */
  #build(value: unknown, errors: ErrorDetail[], duration: number): TaskData {
    const { name, description, captureOutput, redact } = this.#settings;
    const sanitize = this.#sanitize;
    const output = captureOutput
      ? summarize(value, headroomFor(redact) * MAX_OUTPUT_SUMMARY)
      : undefined;
    const outputSummary = sanitize(output, 'output', MAX_OUTPUT_SUMMARY);
    const execution = {
      stepNumber: 1,
      action: 'execution',
      description: `Execute ${name}`,
      durationMs: Math.round(duration),
      outputPreview: outputSummary && truncate(outputSummary, MAX_EXECUTION_OUTPUT),
    };
    const { calls, prompts } = this.scope;
    const task = copy({
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(duration),
      inputSummary: sanitize(this.#input, 'input', MAX_INPUT_SUMMARY),
      outputSummary,
      steps: [execution, ...calls.map((call, index) => toLlmStep(call, index + 2, sanitize))],
      errors: errors.map((error) => sanitizeError(error, sanitize)),
      llmUsage: calls.length > 0 ? toLlmUsage(calls) : undefined,
      environment: getEnvironment(),
      promptStudio: prompts.length > 0 ? { promptsUsed: prompts } : undefined,
    });
    return trimTask(task);
  }
}
