'use strict';

const { copy } = require('./copy');
const { toErrorDetail } = require('./error-detail');
const { summarize } = require('./summarize');

/** Code points that are kept. */
const MAX_INPUT = 500;
const MAX_OUTPUT = 1500;
const MAX_TOOL_INPUT = 300;
const MAX_TOOL_OUTPUT = 1500;

/**
 * @param {unknown} milliseconds
 * @returns {any}
 */
function whole(milliseconds) {
  return typeof milliseconds === 'number' ? Math.round(milliseconds) : milliseconds;
}

/**
 * @param {unknown} text
 * @param {number} most
 */
function preview(text, most) {
  return text === undefined || text === null ? undefined : summarize(text, most);
}

/**
 * Reads a step. It is no method, so that what users see of a step is what they may use.
 * @type {(step: StepContext) => import('../index').ExecutionStep}
 */
let toStep;

/** One step of a trace, from its creation until `end`. */
class StepContext {
  #started = performance.now();
  /** @type {number | undefined} */
  #durationMs;
  /** @type {Record<string, unknown>} */
  #fields = {};

  /**
   * @param {number} stepNumber
   * @param {string} action
   * @param {string} description
   */
  constructor(stepNumber, action, description) {
    this.#fields = { stepNumber, action, description };
  }

  /** @param {unknown} text */
  setInput(text) {
    this.#fields.inputPreview = preview(text, MAX_INPUT);
    return this;
  }

  /** @param {unknown} text */
  setOutput(text) {
    this.#fields.outputPreview = preview(text, MAX_OUTPUT);
    return this;
  }

  /**
   * @param {string} toolName
   * @param {Partial<import('../index').ToolCall> | null} [details]
   */
  recordToolCall(toolName, details) {
    const given = details ?? {};
    this.#fields.toolCall = {
      ...copy(given),
      toolName,
      durationMs: whole(given.durationMs),
      inputSummary: preview(given.inputSummary, MAX_TOOL_INPUT),
      outputSummary: preview(given.outputSummary, MAX_TOOL_OUTPUT),
      error: given.error ? toErrorDetail(given.error) : undefined,
    };
    return this;
  }

  /**
   * @param {string} model
   * @param {Partial<import('../index').LlmCall> | null} [details]
   */
  recordLlmCall(model, details) {
    this.#fields.llmCall = { ...copy(details), model, latencyMs: whole(details?.latencyMs) };
    return this;
  }

  /** @param {Record<string, unknown>} metadata */
  setMetadata(metadata) {
    const before = /** @type {object | undefined} */ (this.#fields.metadata);
    this.#fields.metadata = { ...before, ...copy(metadata) };
    return this;
  }

  /** @param {unknown} error an Error, an ErrorDetail, or whatever was thrown */
  setError(error) {
    this.#fields.error = toErrorDetail(error);
    return this;
  }

  /** Stops the clock; once stopped it stays so. */
  end() {
    this.#durationMs ??= whole(performance.now() - this.#started);
    return this;
  }

  /**
   * What is known of a step: for the builder alone.
   * @param {StepContext} step
   * @returns {import('../index').ExecutionStep}
   */
  static #read(step) {
    return copy(/** @type {any} */ ({ ...step.#fields, durationMs: step.#durationMs }));
  }

  static {
    toStep = StepContext.#read;
  }
}

// Older versions of Node.js 18 know no such symbol.
if (Symbol.dispose) {
  Object.defineProperty(StepContext.prototype, Symbol.dispose, {
    value: /** @this {StepContext} */ function dispose() {
      this.end();
    },
    configurable: true,
    writable: true,
  });
}

/**
 * Runs a function as a step: timed, with what it throws recorded and thrown again.
 *
 * @param {StepContext} step
 * @param {(step: StepContext) => unknown} fn
 */
function runStep(step, fn) {
  const fail = (/** @type {unknown} */ error) => {
    step.setError(error);
    step.end();
    throw error;
  };
  let result;
  try {
    result = fn(step);
  } catch (error) {
    return fail(error);
  }
  if (isThenable(result)) return settle(step, result);
  step.end();
  return result;
}

/**
 * An async function, so that any thenable is asked once, whatever its `then` returns.
 *
 * @param {StepContext} step
 * @param {PromiseLike<unknown>} result
 */
async function settle(step, result) {
  try {
    return await result;
  } catch (error) {
    step.setError(error);
    throw error;
  } finally {
    step.end();
  }
}

/**
 * @param {any} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  try {
    return typeof value?.then === 'function';
  } catch {
    return false;
  }
}

module.exports = {
  StepContext,
  runStep,
  toStep: (/** @type {StepContext} */ step) => toStep(step),
};
