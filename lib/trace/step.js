'use strict';

const { copy } = require('./copy');
const { types } = require('node:util');
const { ValidationError } = require('../bridge/errors');
const { readErrorDetail, toErrorDetail } = require('./error-detail');
const { atCaller } = require('../bridge/failure');
const { observe } = require('./observe');
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
 * @type {(step: StepContext) => import('../../index').ExecutionStep}
 */
let toStep;

/** @type {(step: StepContext, error: unknown) => void} */
let fail;

/**
 * @param {string} field
 * @param {any} value
 * @param {Function} method the public one, where stack traces begin
 * @returns {any} a copy
 */
function readObject(field, value, method) {
  const invalid = (/** @type {string} */ problem, /** @type {unknown} */ cause) =>
    atCaller(new ValidationError(`${field} ${problem}`, { field, cause }), method);
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object')
    throw invalid(`must be an object (got ${typeof value})`, undefined);
  try {
    return copy(value);
  } catch (error) {
    throw invalid('cannot be read: a getter threw', error);
  }
}

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
   * @param {Partial<import('../../index').ToolCall> | null} [details]
   */
  recordToolCall(toolName, details) {
    const given = readObject('toolCall', details, StepContext.prototype.recordToolCall);
    this.#fields.toolCall = {
      ...given,
      toolName,
      durationMs: whole(given.durationMs),
      inputSummary: preview(given.inputSummary, MAX_TOOL_INPUT),
      outputSummary: preview(given.outputSummary, MAX_TOOL_OUTPUT),
      error: given.error ? readErrorDetail(given.error) : undefined,
    };
    return this;
  }

  /**
   * @param {string} model
   * @param {Partial<import('../../index').LlmCall> | null} [details]
   */
  recordLlmCall(model, details) {
    const given = readObject('llmCall', details, StepContext.prototype.recordLlmCall);
    this.#fields.llmCall = { ...given, model, latencyMs: whole(given.latencyMs) };
    return this;
  }

  /** @param {Record<string, unknown>} metadata */
  setMetadata(metadata) {
    const before = /** @type {object | undefined} */ (this.#fields.metadata);
    const given = readObject('metadata', metadata, StepContext.prototype.setMetadata);
    this.#fields.metadata = { ...before, ...given };
    return this;
  }

  /** @param {unknown} error an Error, an ErrorDetail, or whatever was thrown */
  setError(error) {
    this.#fields.error = readErrorDetail(error);
    return this;
  }

  /**
   * What the step's function threw: unlike a description it may hold anything.
   * @param {StepContext} step
   * @param {unknown} error
   */
  static #fail(step, error) {
    step.#fields.error = toErrorDetail(error);
    step.end();
  }

  /** Stops the clock; once stopped it stays so. */
  end() {
    this.#durationMs ??= whole(performance.now() - this.#started);
    return this;
  }

  /**
   * What is known of a step: for the builder alone.
   * @param {StepContext} step
   * @returns {import('../../index').ExecutionStep}
   */
  static #read(step) {
    return copy(/** @type {any} */ ({ ...step.#fields, durationMs: step.#durationMs }));
  }

  static {
    toStep = StepContext.#read;
    fail = StepContext.#fail;
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
  let result;
  try {
    result = fn(step);
  } catch (error) {
    fail(step, error);
    throw error;
  }
  return observe(result, types.isAsyncFunction(fn), {
    succeed: () => step.end(),
    fail: (error) => fail(step, error),
  });
}

module.exports = {
  StepContext,
  runStep,
  toStep: (/** @type {StepContext} */ step) => toStep(step),
};
