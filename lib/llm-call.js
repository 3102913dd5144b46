'use strict';

const { now, toMilliseconds } = require('./clock');
const { describeThrown } = require('./error-detail');
const { truncate } = require('./text');

const MAX_INPUT = 500;
const MAX_OUTPUT = 1_500;
const MAX_NAME = 500;
const MAX_TOOLS = 100;
/** Characters of JSON that one value of the metadata may have. */
const MAX_METADATA = 1_000;

/**
 * What is known of a call of a language model.
 * @typedef {object} CallFields
 * @property {string} [provider]
 * @property {string} [model]
 * @property {string} [purpose]
 * @property {number} [temperature]
 * @property {number} [promptTokens]
 * @property {number} [completionTokens]
 * @property {string} [inputPreview] cut to 500 characters
 * @property {string} [outputPreview] cut to 1,500 characters
 * @property {string[]} [toolCalls] the names of the tools that the model asked for
 * @property {Record<string, unknown>} [metadata]
 */

/** @typedef {CallFields & { latencyNs?: bigint, latencyMs?: number, error?: import('../index').ErrorDetail }} SeenCall */

/**
 * A call of a language model within a trace, written as it goes on. Nothing here throws: what is of
 * an unexpected type or cannot be read is ignored, because a guess of a provider's answer must not
 * cost the user the trace.
 */
class CallRecord {
  /** @type {SeenCall} */
  #seen = {};
  #start = now();
  /** @type {Host | undefined} */
  #host;

  /**
   * @param {CallFields} fields
   * @param {Host} host
   */
  constructor(fields, host) {
    this.#host = host;
    this.update(fields);
  }

  /**
   * Adds what became known; undefined fields keep what they were, metadata is merged key by key.
   * @param {CallFields} fields
   */
  update(fields) {
    if (!this.#host || typeof fields !== 'object' || fields === null) return;
    for (const [key, read] of READERS) {
      try {
        const value = read(fields[key], this.#seen[key], this.#host);
        if (value !== undefined) Object.assign(this.#seen, { [key]: value });
      } catch {
        // Not recorded.
      }
    }
  }

  /** Stops the clock. */
  end() {
    if (!this.#host || this.#seen.latencyNs !== undefined) return;
    this.#seen.latencyNs = now() - this.#start;
    this.#seen.latencyMs = toMilliseconds(this.#seen.latencyNs);
    this.#host.ended();
  }

  /**
   * Stops the clock, and records why the call failed; the first reason counts.
   * @param {unknown} error
   */
  fail(error) {
    if (!this.#host) return;
    this.#seen.error ??= describeThrown(error);
    this.end();
  }

  /**
   * Ends the recording: everything after this is ignored.
   * @returns {SeenCall}
   */
  close() {
    this.#host = undefined;
    return this.#seen;
  }
}

/**
 * What a call needs of its trace.
 * @typedef {object} Host
 * @property {() => void} ended
 * @property {(characters: number) => boolean} admit whether that much more text may be kept
 */

/** @type {Array<[keyof CallFields, (value: any, before: any, host: Host) => unknown]>} */
const READERS = [
  ['provider', readName],
  ['model', readName],
  ['purpose', readName],
  ['temperature', readNumber],
  ['promptTokens', readCount],
  ['completionTokens', readCount],
  ['inputPreview', (value, before, host) => readPreview(value, before, host, MAX_INPUT)],
  ['outputPreview', (value, before, host) => readPreview(value, before, host, MAX_OUTPUT)],
  ['toolCalls', readTools],
  ['metadata', readMetadata],
];

/** @param {unknown} value */
function readName(value) {
  return typeof value === 'string' && value !== '' ? truncate(value, MAX_NAME) : undefined;
}

/** @param {unknown} value */
function readNumber(value) {
  return Number.isFinite(value) ? value : undefined;
}

/** @param {unknown} value */
function readCount(value) {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/**
 * @param {unknown} value
 * @param {string | undefined} before
 * @param {Host} host
 * @param {number} max
 */
function readPreview(value, before, host, max) {
  if (typeof value !== 'string') return undefined;
  const text = truncate(value, max);
  return host.admit(text.length - (before?.length ?? 0)) ? text : undefined;
}

/** @param {unknown} value */
function readTools(value) {
  if (!Array.isArray(value)) return undefined;
  return value
    .slice(0, MAX_TOOLS)
    .map(readName)
    .filter((name) => name !== undefined);
}

/**
 * @param {unknown} value
 * @param {Record<string, unknown> | undefined} before
 */
function readMetadata(value, before) {
  if (typeof value !== 'object' || value === null) return undefined;
  /** @type {Record<string, unknown>} */
  const merged = { ...before };
  for (const key of Object.keys(value)) {
    try {
      const json = JSON.stringify(/** @type {Record<string, unknown>} */ (value)[key]);
      if (json !== undefined && json.length <= MAX_METADATA) merged[key] = JSON.parse(json);
    } catch {
      // Not recorded.
    }
  }
  return merged;
}

module.exports = { CallRecord };
