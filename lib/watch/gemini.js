'use strict';

const { types } = require('node:util');
const { Answer, array, known, number, previewInput, string } = require('./facts');
const { guard, record, replace } = require('./patch');
const { followPromise, settle } = require('./promise');
const { followIterator } = require('./stream');

/** @typedef {import('./patch').CallRecord} CallRecord */

/**
 * The client of `@google/genai`: its chats go through `models`, too.
 * @param {any} client
 */
function isGenAI(client) {
  return typeof client?.models?.generateContent === 'function';
}

/**
 * @param {any} client
 * @param {boolean} captureContent
 */
function watchGenAI(client, captureContent) {
  const read = (/** @type {any[]} */ [request]) => ({
    provider: 'google',
    model: modelName(request?.model),
    temperature: number(request?.config?.temperature),
    inputPreview: captureContent ? previewInput(request?.contents) : undefined,
  });
  record(client.models, 'generateContent', read, captureContent, (result, call) => {
    const reader = new Content(call, captureContent);
    return followPromise(result, call, (answer) => reader.whole(answer));
  });
  record(client.models, 'generateContentStream', read, captureContent, (result, call) => {
    const reader = new Content(call, captureContent);
    return followPromise(result, call, (stream) => {
      followIterator(stream, call, (chunk) => reader.read(chunk));
    });
  });
}

/**
 * The factory of `@google/generative-ai`.
 * @param {any} client
 */
function isGenerativeAI(client) {
  return typeof client?.getGenerativeModel === 'function';
}

/**
 * @param {any} client
 * @param {boolean} captureContent
 */
function watchGenerativeAI(client, captureContent) {
  for (const name of ['getGenerativeModel', 'getGenerativeModelFromCachedContent']) {
    replace(client, name, (call) => {
      const model = call();
      guard(() => watchModel(model, captureContent));
      return model;
    });
  }
}

/**
 * A model of `@google/generative-ai`.
 * @param {any} client
 */
function isModel(client) {
  return typeof client?.generateContent === 'function' && typeof client.startChat === 'function';
}

/**
 * @param {any} model
 * @param {boolean} captureContent
 */
function watchModel(model, captureContent) {
  watchTurns(model, 'generateContent', 'generateContentStream', model, captureContent);
  // Chats speak to the server by themselves.
  replace(model, 'startChat', (call) => {
    const chat = call();
    guard(() => watchTurns(chat, 'sendMessage', 'sendMessageStream', model, captureContent));
    return chat;
  });
}

/**
 * @param {any} holder
 * @param {string} whole the method that answers at once
 * @param {string} streamed the method that answers bit by bit
 * @param {any} model
 * @param {boolean} captureContent
 */
function watchTurns(holder, whole, streamed, model, captureContent) {
  const read = (/** @type {any[]} */ [request]) => ({
    provider: 'google',
    model: modelName(model.model),
    temperature: number((request?.generationConfig ?? model.generationConfig)?.temperature),
    inputPreview: captureContent ? previewInput(request?.contents ?? request) : undefined,
  });
  record(holder, whole, read, captureContent, (result, call) => {
    const reader = new Content(call, captureContent);
    return followPromise(result, call, (answer) => reader.whole(answer?.response));
  });
  record(holder, streamed, read, captureContent, (result, call) => {
    const reader = new Content(call, captureContent);
    return followPromise(result, call, (answer) => {
      followIterator(answer.stream, call, (chunk) => reader.read(chunk));
      // Some read the stream, some wait for all of it.
      if (!types.isPromise(answer.response)) return;
      answer.response = settle(answer.response, call, (response) => {
        if (call.latencyNs === undefined) new Content(call, captureContent).whole(response);
      });
    });
  });
}

/**
 * @param {unknown} model
 * @returns {any}
 */
function modelName(model) {
  return string(model)?.replace(/^models\//, '');
}

/** Reads generated content. */
class Content {
  #answer = new Answer();

  /**
   * @param {CallRecord} call
   * @param {boolean} captureContent
   */
  constructor(call, captureContent) {
    this.call = call;
    this.captureContent = captureContent;
  }

  /** @param {any} response */
  whole(response) {
    this.read(response);
    this.call.end();
  }

  /** @param {any} response */
  read(response) {
    const usage = response?.usageMetadata;
    const [candidate] = array(response?.candidates);
    for (const part of array(candidate?.content?.parts)) {
      if (!part?.thought) this.#answer.addText(part?.text);
      this.#answer.addTool(part?.functionCall?.name);
    }
    this.call.update({
      model: modelName(response?.modelVersion),
      promptTokens: number(usage?.promptTokenCount),
      completionTokens: number(usage?.candidatesTokenCount),
      metadata: known({
        cachedTokens: number(usage?.cachedContentTokenCount),
        reasoningTokens: number(usage?.thoughtsTokenCount),
      }),
      ...this.#answer.facts(this.captureContent),
    });
  }
}

module.exports = {
  isGenAI,
  isGenerativeAI,
  isModel,
  watchGenAI,
  watchGenerativeAI,
  watchModel,
};
