'use strict';

const { copy } = require('./copy');
const { getEnvironment, toSeconds } = require('./environment');
const { toErrorDetail } = require('./error-detail');
const { toStep, toUsage } = require('./llm');
const { summarize } = require('./summarize');
const { truncate } = require('./text');
const { getCurrentIsoDatetime } = require('./time');

/** Code points that are kept. */
const MAX_INPUT_SUMMARY = 3000;
const MAX_OUTPUT_SUMMARY = 8000;
const MAX_STEP_OUTPUT = 1500;

/** What is sent in place of a text that could not be redacted. */
const FAILED_REDACTION = '[redaction failed]';

/** One call of a traced function, on its way to become a task. Nothing here throws. */
class Recording {
  #started = performance.now();
  #settings;
  #input;
  #done;

  /**
   * @param {import('./trace').Settings} settings
   * @param {InstanceType<typeof import('./context').TraceScope>} scope
   * @param {string | undefined} input
   * @param {(task: import('../index').TaskData) => void} done
   */
  constructor(settings, scope, input, done) {
    this.scope = scope;
    this.#settings = settings;
    this.#input = input;
    this.#done = done;
  }

  /** @param {unknown} value what the function returned, or its promise resolved to */
  succeed(value) {
    this.#settle(value, []);
  }

  /** @param {unknown} error what it threw */
  fail(error) {
    this.#settle(undefined, [error]);
  }

  /**
   * @param {unknown} value
   * @param {unknown[]} thrown
   */
  #settle(value, thrown) {
    if (this.scope.settled) return;
    try {
      const duration = performance.now() - this.#started;
      this.scope.settle();
      this.#done(this.#build(value, thrown.map(toErrorDetail), duration));
    } catch {
      // A trace that cannot be told is no reason to bother the function's caller.
    }
  }

  /**
   * @param {unknown} value
   * @param {import('../index').ErrorDetail[]} errors
   * @param {number} duration
   * @returns {import('../index').TaskData}
   */
  #build(value, errors, duration) {
    const { name, description, captureOutput } = this.#settings;
    const output = captureOutput ? summarize(value, MAX_OUTPUT_SUMMARY) : undefined;
    const outputSummary = this.#redact(output, 'output');
    const preview = outputSummary && truncate(outputSummary, MAX_STEP_OUTPUT);
    const execution = {
      stepNumber: 1,
      action: 'execution',
      description: `Execute ${name}`,
      durationMs: Math.round(duration),
      outputPreview: preview,
    };
    const redact = (/** @type {string | undefined} */ text, /** @type {string} */ where) =>
      this.#redact(text, where);
    const { calls, prompts } = this.scope;
    return copy({
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(duration),
      inputSummary: this.#redact(this.#input, 'input'),
      outputSummary,
      steps: [execution, ...calls.map((call, index) => toStep(call, index + 2, redact))],
      errors: errors.map((error) => this.#redactError(error)),
      llmUsage: calls.length > 0 ? toUsage(calls) : undefined,
      environment: getEnvironment(),
      promptStudio: prompts.length > 0 ? { promptsUsed: prompts } : undefined,
    });
  }

  /** @param {import('../index').ErrorDetail} error */
  #redactError(error) {
    const message = this.#redact(error.message, 'error') ?? '';
    return { ...error, message, stackTrace: this.#redact(error.stackTrace ?? undefined, 'error') };
  }

  /**
   * @param {string | undefined} text
   * @param {string} where
   */
  #redact(text, where) {
    const { redact } = this.#settings;
    if (text === undefined || redact === undefined) return text;
    try {
      const redacted = redact(text, where);
      return typeof redacted === 'string' ? redacted : FAILED_REDACTION;
    } catch {
      return FAILED_REDACTION;
    }
  }
}

module.exports = { MAX_INPUT_SUMMARY, Recording };
