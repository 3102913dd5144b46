'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { toErrorDetail, withoutContent } = require('./error-detail');
const { ROOM } = require('./redact');
const { truncate } = require('./text');

/** @type {AsyncLocalStorage<TraceScope> | undefined} */
let storage;

/** Names of models and tools are cut to this many code points. */
const MAX_NAME = 200;
/** Tools that are named for one call. */
const MAX_TOOLS = 20;

/** What one trace keeps at most, so that one that goes on for days does not grow without bound. */
const MAX_CALLS = 2_000;
const MAX_PROMPTS = 1_000;

/**
 * What is known of a call of a language model.
 * @typedef {object} CallFacts
 * @property {string} [provider]
 * @property {string} [model]
 * @property {number} [promptTokens]
 * @property {number} [completionTokens]
 * @property {number} [temperature]
 * @property {string} [inputPreview]
 * @property {string} [outputPreview]
 * @property {string} [purpose]
 * @property {Record<string, unknown>} [metadata]
 * @property {string[]} [toolCalls] the tools that the model asked for
 */

/** @param {unknown} value */
const isText = (value) => typeof value === 'string';
/** @param {unknown} value */
const isNumber = (value) => Number.isFinite(value);

/**
 * What a fact may be. A provider's answer of another shape must not make the platform refuse the trace.
 * @type {Record<keyof CallFacts, (value: unknown) => boolean>}
 */
const CHECKS = {
  provider: isText,
  model: isText,
  promptTokens: isNumber,
  completionTokens: isNumber,
  temperature: isNumber,
  inputPreview: isText,
  outputPreview: isText,
  purpose: isText,
  metadata: (value) => JSON.stringify(value) !== undefined,
  toolCalls: (value) => Array.isArray(value) && value.every(isText),
};

/**
 * Names have no length that a provider keeps to.
 *
 * @param {string} key
 * @param {any} value
 */
function cut(key, value) {
  if (key === 'model') return truncate(value, MAX_NAME);
  if (key !== 'toolCalls') return value;
  return value.slice(0, MAX_TOOLS).map((/** @type {string} */ name) => truncate(name, MAX_NAME));
}

/** A call of a language model within a trace. Nothing here throws. */
class CallRecord {
  /** @type {CallFacts} */
  facts = {};
  /** @type {bigint | undefined} */
  latencyNs;
  /** @type {import('../../index').ErrorDetail | undefined} */
  error;
  #started = process.hrtime.bigint();
  #scope;
  /** @type {{ request: unknown } | undefined} */
  #secret;

  /**
   * @param {TraceScope} scope
   * @param {{ request: unknown }} [secret] what nothing that is told may repeat
   */
  constructor(scope, secret) {
    this.#scope = scope;
    this.#secret = secret;
  }

  /**
   * Adds what has become known; what is undefined changes nothing.
   * @param {CallFacts} facts
   */
  update(facts) {
    if (this.#scope.settled) return;
    try {
      for (const [key, value] of Object.entries(facts ?? {})) {
        if (value === undefined || value === null) continue;
        if (!CHECKS[/** @type {keyof CallFacts} */ (key)]?.(value)) continue;
        if (key === 'metadata') this.facts.metadata = { ...this.facts.metadata, ...facts.metadata };
        else Object.assign(this.facts, { [key]: cut(key, value) });
      }
    } catch {
      // Facts that cannot be read are not recorded.
    }
  }

  /** Stops the clock. */
  end() {
    this.#secret = undefined;
    if (!this.#scope.settled) this.latencyNs ??= process.hrtime.bigint() - this.#started;
  }

  /**
   * @param {unknown} error
   * @param {boolean} [sent] whether it may tell of an answer
   */
  fail(error, sent = true) {
    if (this.#scope.settled || this.latencyNs !== undefined) return;
    const detail = toErrorDetail(error, ROOM);
    this.error = this.#secret ? withoutContent(detail, error, this.#secret.request, sent) : detail;
    this.end();
  }
}

/** What happens within one call of a traced function. */
class TraceScope {
  /** @type {CallRecord[]} */
  calls = [];
  /** @type {import('../../index').PromptUse[]} */
  prompts = [];
  settled = false;

  /**
   * @param {CallFacts} facts
   * @param {{ request: unknown }} [secret] what was asked, if that may not be told
   */
  startCall(facts, secret) {
    const call = new CallRecord(this, secret);
    call.update(facts);
    if (!this.settled && this.calls.length < MAX_CALLS) this.calls.push(call);
    return call;
  }

  /** @param {import('../../index').PromptUse} prompt */
  recordPrompt(prompt) {
    if (this.settled || this.prompts.length >= MAX_PROMPTS) return;
    try {
      this.prompts.push({ ...prompt, source: 'prompt_studio' });
    } catch {
      // A prompt that cannot be read is not recorded.
    }
  }

  /** The function is done: what comes later is no longer part of it. */
  settle() {
    for (const call of this.calls) call.end();
    this.settled = true;
  }
}

/**
 * The innermost trace that is under way here, if any.
 * @returns {TraceScope | undefined}
 */
function current() {
  const scope = storage?.getStore();
  return scope && !scope.settled ? scope : undefined;
}

/**
 * Runs a function, and all that it starts, within a scope.
 *
 * @template T
 * @param {TraceScope} scope
 * @param {() => T} fn
 * @returns {T}
 */
function run(scope, fn) {
  storage ??= new AsyncLocalStorage();
  return storage.run(scope, fn);
}

module.exports = { CallRecord, TraceScope, current, run };
