'use strict';

const { copy } = require('./copy');
const { ValidationError } = require('../bridge/errors');
const { atCaller } = require('../bridge/failure');
const { getCurrentIsoDatetime } = require('../client/time');

/** @typedef {InstanceType<typeof import('./step').StepContext>} Step */

// What only builders need is loaded by the first of them, as most programs never make one.

const SECTIONS = [
  'timeTracking',
  'customer',
  'support',
  'sales',
  'marketing',
  'content',
  'research',
  'project',
  'development',
  'executive',
  'general',
];

/** Builds a task step by step, and takes the time. */
class TraceBuilder {
  #started = performance.now();
  /** @type {Record<string, unknown>} */
  #fields;
  /** @type {Step[]} */
  #steps = [];
  /** @type {import('../../index').ErrorDetail[]} */
  #errors = [];

  /**
   * @param {string} name
   * @param {string} description
   */
  constructor(name, description) {
    this.#fields = { name, description };
  }

  /** @param {string} text */
  setInputSummary(text) {
    return this.#set('inputSummary', text, TraceBuilder.prototype.setInputSummary);
  }

  /** @param {string} text */
  setOutputSummary(text) {
    return this.#set('outputSummary', text, TraceBuilder.prototype.setOutputSummary);
  }

  /** @param {string} text */
  setOutcome(text) {
    return this.#set('outcome', text, TraceBuilder.prototype.setOutcome);
  }

  /**
   * @param {string | import('../../index').ExpectedOutcome} outcome or its objective
   * @param {Partial<import('../../index').ExpectedOutcome> | null} [details]
   */
  setExpectedOutcome(outcome, details) {
    const whole = typeof outcome === 'string' ? { ...details, taskObjective: outcome } : outcome;
    return this.#set('expectedOutcome', whole, TraceBuilder.prototype.setExpectedOutcome);
  }

  /** @param {import('../../index').EnvironmentContext} environment */
  setEnvironment(environment) {
    return this.#set('environment', environment, TraceBuilder.prototype.setEnvironment);
  }

  /** @param {import('../../index').LlmUsage} usage */
  setLlmUsage(usage) {
    return this.#set('llmUsage', usage, TraceBuilder.prototype.setLlmUsage);
  }

  /**
   * @param {string} name
   * @param {object} value
   */
  setSection(name, value) {
    if (!SECTIONS.includes(name)) {
      const message = `section must be one of ${SECTIONS.join(', ')} (got ${String(name)})`;
      const error = new ValidationError(message, { field: 'section' });
      throw atCaller(error, TraceBuilder.prototype.setSection);
    }
    return this.#set(name, value, TraceBuilder.prototype.setSection);
  }

  /** @param {unknown} error an Error, an ErrorDetail, or whatever was thrown */
  addError(error) {
    const { readErrorDetail } = require('./error-detail');
    this.#errors.push(copy(readErrorDetail(error)));
    return this;
  }

  /**
   * @param {string} action
   * @param {string} description
   * @param {(step: Step) => unknown} [fn]
   */
  step(action, description, fn) {
    if (fn !== undefined && fn !== null && typeof fn !== 'function') {
      const message = `fn must be a function (got ${typeof fn})`;
      throw atCaller(new ValidationError(message, { field: 'fn' }), TraceBuilder.prototype.step);
    }
    const { StepContext, runStep } = require('./step');
    const step = new StepContext(this.#steps.length + 1, action, description);
    this.#steps.push(step);
    return fn ? runStep(step, fn) : step;
  }

  /** @returns {import('../../index').TaskData} */
  build() {
    const { toSeconds } = require('./environment');
    const { toStep } = require('./step');
    const { name, description, environment, ...fields } = copy(this.#fields);
    return /** @type {any} */ ({
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(performance.now() - this.#started),
      ...fields,
      steps: this.#steps.map(toStep),
      errors: copy(this.#errors),
      environment: fillIn(/** @type {any} */ (environment)),
    });
  }

  /**
   * @param {string} field
   * @param {unknown} value
   * @param {Function} method the public one, where stack traces begin
   */
  #set(field, value, method) {
    try {
      this.#fields[field] = copy(value);
    } catch (cause) {
      const message = `${field} cannot be read: a getter threw`;
      throw atCaller(new ValidationError(message, { field, cause }), method);
    }
    return this;
  }
}

/**
 * @param {import('../../index').EnvironmentContext | null | undefined} given
 * @returns {import('../../index').EnvironmentContext} with what is known anyway, unless it was given
 */
function fillIn(given) {
  const { nodeVersion, sdkVersion } = require('./environment').getEnvironment();
  return {
    ...given,
    nodeVersion: given?.nodeVersion ?? nodeVersion,
    sdkVersion: given?.sdkVersion ?? sdkVersion,
  };
}

module.exports = { TraceBuilder };
