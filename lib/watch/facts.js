'use strict';

const { summarize } = require('../trace/summarize');
const { truncate } = require('../trace/text');

/** Code points of content that are kept, if any: more than are sent, as they may be redacted first. */
const MAX_PREVIEW = 1000;
/** Messages of a conversation that a preview shows. */
const LAST_MESSAGES = 2;

/**
 * @param {unknown} value
 * @returns {any} the value, if it is of use as a number
 */
function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * @param {unknown} value
 * @returns {any} the value, if it is of use as a name
 */
function string(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The entries that are known.
 *
 * @param {Record<string, unknown>} entries
 * @returns {Record<string, unknown> | undefined}
 */
function known(entries) {
  const found = Object.entries(entries).filter(([, value]) => value !== undefined);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/**
 * The last messages of a conversation, or the one that there is.
 * @param {unknown} messages
 */
function previewInput(messages) {
  if (messages === undefined || messages === null) return undefined;
  return summarize(
    Array.isArray(messages) ? messages.slice(-LAST_MESSAGES) : messages,
    MAX_PREVIEW,
  );
}

/**
 * What a model said and asked for, put together from pieces.
 */
class Answer {
  #text = '';
  /** @type {string[]} */
  #tools = [];

  /** @param {unknown} piece */
  addText(piece) {
    // A little more than is kept, so that it shows that there was more.
    if (typeof piece === 'string' && this.#text.length <= 2 * MAX_PREVIEW) this.#text += piece;
  }

  /** @param {unknown} name */
  addTool(name) {
    if (string(name)) this.#tools.push(string(name));
  }

  /**
   * @param {boolean} captureContent
   * @returns {import('../trace/context').CallFacts}
   */
  facts(captureContent) {
    const text = captureContent && this.#text ? truncate(this.#text, MAX_PREVIEW) : undefined;
    return { outputPreview: text, toolCalls: this.#tools.length > 0 ? this.#tools : undefined };
  }
}

/**
 * @param {any} list
 * @returns {any[]}
 */
function array(list) {
  return Array.isArray(list) ? list : [];
}

module.exports = { Answer, array, known, number, previewInput, string };
