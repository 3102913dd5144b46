'use strict';

const { copy } = require('./copy');
const { getEnvironment, toSeconds } = require('./environment');
const { toErrorDetail } = require('./error-detail');
const { trimTask } = require('./trim');
const { toStep, toUsage } = require('./llm');
const { ROOM, makeTell, roomFor, tellError } = require('./redact');
const { summarize } = require('./summarize');
const { truncate } = require('./text');
const { getCurrentIsoDatetime } = require('../client/time');

/** Code points that are kept. */
const MAX_INPUT_SUMMARY = 3000;
const MAX_OUTPUT_SUMMARY = 8000;
const MAX_STEP_OUTPUT = 1500;

/** One call of a traced function, on its way to become a task. Nothing here throws. */
class Recording {
  #started = performance.now();
  #settings;
  #input;
  #tell;
  #done;

  /**
   * @param {import('./trace').Settings} settings
   * @param {InstanceType<typeof import('./context').TraceScope>} scope
   * @param {string | undefined} input
   * @param {(task: import('../../index').TaskData) => void} done
   */
  constructor(settings, scope, input, done) {
    this.scope = scope;
    this.#settings = settings;
    this.#input = input;
    this.#tell = makeTell(settings.redact);
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
      this.#done(
        this.#build(
          value,
          thrown.map((error) => toErrorDetail(error, ROOM)),
          duration,
        ),
      );
    } catch {
      // A trace that cannot be told is no reason to bother the function's caller.
    }
  }

  /**
   * @param {unknown} value
   * @param {import('../../index').ErrorDetail[]} errors
   * @param {number} duration
   * @returns {import('../../index').TaskData}
   */
  #build(value, errors, duration) {
    const { name, description, captureOutput, redact } = this.#settings;
    const tell = this.#tell;
    const room = roomFor(redact) * MAX_OUTPUT_SUMMARY;
    const output = captureOutput ? summarize(value, room) : undefined;
    const outputSummary = tell(output, 'output', MAX_OUTPUT_SUMMARY);
    const preview = outputSummary && truncate(outputSummary, MAX_STEP_OUTPUT);
    const execution = {
      stepNumber: 1,
      action: 'execution',
      description: `Execute ${name}`,
      durationMs: Math.round(duration),
      outputPreview: preview,
    };
    const { calls, prompts } = this.scope;
    const task = copy({
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(duration),
      inputSummary: tell(this.#input, 'input', MAX_INPUT_SUMMARY),
      outputSummary,
      steps: [execution, ...calls.map((call, index) => toStep(call, index + 2, tell))],
      errors: errors.map((error) => tellError(error, tell)),
      llmUsage: calls.length > 0 ? toUsage(calls) : undefined,
      environment: getEnvironment(),
      promptStudio: prompts.length > 0 ? { promptsUsed: prompts } : undefined,
    });
    return trimTask(task);
  }
}

module.exports = { MAX_INPUT_SUMMARY, Recording };
