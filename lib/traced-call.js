'use strict';

const { types } = require('node:util');
const { keepUnread, log, sendInBackground } = require('./background');
const { drop, toPromptStudio, toStep, toUsage } = require('./captured');
const { now, toMilliseconds, toSeconds } = require('./clock');
const { TraceScope } = require('./context');
const { describeEnvironment } = require('./environment');
const { describeThrown } = require('./error-detail');
const { isThenable } = require('./follow');
const { summarize, summarizeArguments } = require('./summarize');
const { truncate } = require('./text');
const { getCurrentIsoDatetime } = require('./time');

const MAX_INPUT = 3_000;
const MAX_OUTPUT = 8_000;
const MAX_PREVIEW = 1_500;
/** How much more than is sent the redaction sees: what is cut in half it could not recognise. */
const MARGIN = 1_000;

const REDACTION_FAILED = '[redaction failed]';

/** @typedef {import('./trace-options').TraceSettings} TraceSettings */
/** @typedef {{ value?: unknown, error?: { thrown: unknown } }} Outcome */

/** One call of a traced function, from its start to its trace. None of it throws. */
class TracedCall {
  /**
   * @param {import('./background').Sender} client
   * @param {TraceSettings} settings
   * @param {unknown[]} args
   */
  constructor(client, settings, args) {
    this.client = client;
    this.settings = settings;
    this.scope = new TraceScope();
    // The function may change its arguments.
    this.input = settings.captureInput ? summarizeArguments(args, MAX_INPUT + MARGIN) : undefined;
    this.release = () => {};
    this.start = now();
  }

  /** @param {unknown} value */
  fulfilled = (value) => this.conclude({ value });

  /** @param {unknown} thrown */
  rejected = (thrown) => this.conclude({ error: { thrown } });

  /** The result will only settle when the caller reads it, which may be never. */
  waiting = () => {
    const conclude = () => this.conclude({});
    this.release = keepUnread(this.client, conclude);
    // The caller may use a helper on the result; then this is the last there is to see.
    this.scope.onIdle = conclude;
  };

  reading = () => {
    this.release();
    this.scope.onIdle = undefined;
  };

  /** @param {Outcome} outcome */
  conclude(outcome) {
    if (this.scope.settled) return;
    const duration = now() - this.start;
    const captured = this.scope.settle();
    this.release();
    const { autoSend, onTrace } = this.settings;
    try {
      const task = this.describe(outcome, duration, captured);
      if (autoSend) sendInBackground(this.client, task);
      if (onTrace) this.tell(onTrace, task);
    } catch {
      // Not recorded.
    }
  }

  /**
   * @param {Outcome} outcome
   * @param {bigint} duration nanoseconds
   * @param {import('./context').Captured} captured
   * @returns {import('../index').TaskData}
   */
  describe({ value, error }, duration, { calls, prompts, unseen }) {
    const { name, description, captureOutput } = this.settings;
    const errors = error && [this.redactError(describeThrown(error.thrown))];
    const input = this.redact(this.input, 'input', MAX_INPUT);
    const isText = captureOutput && !isThenable(value);
    const text = isText ? summarize(value, MAX_OUTPUT + MARGIN) : undefined;
    const output = this.redact(text, 'output', MAX_OUTPUT);
    const execution = drop({
      stepNumber: 1,
      action: 'execution',
      description: `Execute ${name}`,
      durationMs: toMilliseconds(duration),
      outputPreview: output === undefined ? undefined : truncate(output, MAX_PREVIEW),
    });
    const seen = calls.map((call) => this.redactCall(call));
    return drop({
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(duration),
      inputSummary: input,
      outputSummary: output,
      steps: [execution, ...seen.map((call, index) => toStep(call, index + 2))],
      errors,
      llmUsage: toUsage(seen, unseen),
      environment: describeEnvironment(),
      promptStudio: toPromptStudio(prompts),
    });
  }

  /**
   * Fails closed: a text that could not be redacted is not sent.
   *
   * @param {string | undefined} text
   * @param {'input' | 'output' | 'error'} where
   * @param {number} max
   */
  redact(text, where, max) {
    const { redact } = this.settings;
    if (text === undefined) return undefined;
    if (!redact) return truncate(text, max);
    try {
      const redacted = redact(text, where);
      return typeof redacted === 'string' ? truncate(redacted, max) : REDACTION_FAILED;
    } catch {
      return REDACTION_FAILED;
    }
  }

  /** @param {import('../index').ErrorDetail} detail */
  redactError(detail) {
    if (!this.settings.redact) return detail;
    const { message, stackTrace } = detail;
    return drop({
      ...detail,
      message: /** @type {string} */ (this.redact(message, 'error', message.length + MARGIN)),
      stackTrace: this.redact(stackTrace ?? undefined, 'error', MARGIN),
    });
  }

  /**
   * @param {import('./llm-call').SeenCall} call
   * @returns {import('./llm-call').SeenCall}
   */
  redactCall(call) {
    if (!this.settings.redact) return call;
    return {
      ...call,
      inputPreview: this.redact(call.inputPreview, 'input', 500),
      outputPreview: this.redact(call.outputPreview, 'output', MAX_PREVIEW),
      error: call.error && this.redactError(call.error),
    };
  }

  /**
   * @param {(task: import('../index').TaskData) => unknown} onTrace
   * @param {import('../index').TaskData} task
   */
  tell(onTrace, task) {
    const failed = (/** @type {unknown} */ error) => {
      log(this.client, 'ERROR', `onTrace failed: ${describeThrown(error).message}`);
    };
    try {
      const told = onTrace(task);
      if (types.isPromise(told)) told.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }
}

module.exports = { TracedCall };
