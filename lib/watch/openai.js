'use strict';

const { Answer, array, known, number, previewInput, string } = require('./facts');
const { guard, record, replace } = require('./patch');
const { followParsing } = require('./promise');
const { followStream } = require('./stream');

/** @typedef {import('./patch').CallRecord} CallRecord */

/** @param {any} client */
function isOpenAI(client) {
  return typeof client?.chat?.completions?.create === 'function';
}

/**
 * Watches the two methods that every other one goes through, `stream`, `parse` and `runTools` too.
 *
 * @param {any} client
 * @param {boolean} captureContent
 */
function watchOpenAI(client, captureContent) {
  const request = (/** @type {any} */ body, /** @type {unknown} */ content) => ({
    provider: guard(() => providerOf(client.baseURL)) ?? 'openai',
    model: string(body?.model),
    temperature: number(body?.temperature),
    inputPreview: captureContent ? previewInput(content) : undefined,
  });
  record(
    client.chat.completions,
    'create',
    ([body]) => request(body, body?.messages),
    captureContent,
    (result, call) => follow(result, call, new Chat(call, captureContent)),
  );
  if (client.responses) {
    record(
      client.responses,
      'create',
      ([body]) => request(body, body?.input),
      captureContent,
      (result, call) => follow(result, call, new Responses(call, captureContent)),
    );
  }
  replace(client, 'withOptions', (call) => {
    const clone = call();
    if (isOpenAI(clone)) watchOpenAI(clone, captureContent);
    return clone;
  });
}

/**
 * xAI speaks the same language at another address.
 * @param {unknown} baseUrl
 */
function providerOf(baseUrl) {
  const labels = new URL(String(baseUrl)).hostname.toLowerCase().split('.');
  const isX = labels.some((label, index) => label === 'x' && labels[index + 1] === 'ai');
  return isX || labels.includes('xai') || labels.includes('grok') ? 'xai' : 'openai';
}

/**
 * @param {any} result
 * @param {CallRecord} call
 * @param {Chat | Responses} reader
 */
function follow(result, call, reader) {
  return followParsing(result, call, (answer) => {
    if (followStream(answer, call, (chunk) => reader.chunk(chunk))) return;
    reader.whole(answer);
    call.end();
  });
}

/** Reads chat completions. */
class Chat {
  #answer = new Answer();

  /**
   * @param {CallRecord} call
   * @param {boolean} captureContent
   */
  constructor(call, captureContent) {
    this.call = call;
    this.captureContent = captureContent;
  }

  /** @param {any} completion */
  whole(completion) {
    this.#read(completion, 'message');
  }

  /** @param {any} chunk */
  chunk(chunk) {
    this.#read(chunk, 'delta');
  }

  /**
   * @param {any} part
   * @param {'message' | 'delta'} where
   */
  #read(part, where) {
    const usage = part?.usage;
    for (const choice of array(part?.choices)) {
      const said = choice?.[where];
      // Of several answers one is shown: pieces of them all come in turns.
      if (!choice?.index) this.#answer.addText(said?.content);
      for (const tool of array(said?.tool_calls)) {
        this.#answer.addTool(tool?.function?.name ?? tool?.custom?.name);
      }
      this.#answer.addTool(said?.function_call?.name);
    }
    this.call.update({
      model: string(part?.model),
      promptTokens: number(usage?.prompt_tokens),
      completionTokens: number(usage?.completion_tokens),
      metadata: known({
        cachedTokens: number(usage?.prompt_tokens_details?.cached_tokens),
        reasoningTokens: number(usage?.completion_tokens_details?.reasoning_tokens),
      }),
      ...this.#answer.facts(this.captureContent),
    });
  }
}

/**
 * What a response says that has failed.
 * @param {any} error
 */
function toFailure(error) {
  const message = string(error?.message) ?? 'the response has failed';
  return { errorType: 'ResponseFailed', errorCode: string(error?.code), message };
}

/** Reads the newer responses. */
class Responses {
  #answer = new Answer();
  /** Which items have been told of. */
  #seen = new Set();

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
    for (const item of array(response?.output)) {
      this.#item(item);
      for (const content of array(item?.content)) this.#answer.addText(content?.text);
    }
    this.#facts(response);
  }

  /** @param {any} event */
  chunk(event) {
    if (event?.type === 'response.output_text.delta') this.#answer.addText(event.delta);
    if (/^response\.output_item\.(added|done)$/.test(event?.type)) this.#once(event);
    this.#facts(event?.response);
  }

  /**
   * A stream tells of an item when it begins and when it is done, and may end in between.
   * @param {any} event
   */
  #once(event) {
    const index = event.output_index ?? event.item?.id;
    if (index !== undefined && this.#seen.has(index)) return;
    this.#seen.add(index);
    this.#item(event.item);
  }

  /** @param {any} item */
  #item(item) {
    if (/_call$/.test(item?.type)) this.#answer.addTool(item.name ?? item.type);
  }

  /** @param {any} response */
  #facts(response) {
    const usage = response?.usage;
    if (response?.status === 'failed') this.call.fail(toFailure(response.error));
    this.call.update({
      model: string(response?.model),
      promptTokens: number(usage?.input_tokens),
      completionTokens: number(usage?.output_tokens),
      metadata: known({
        cachedTokens: number(usage?.input_tokens_details?.cached_tokens),
        reasoningTokens: number(usage?.output_tokens_details?.reasoning_tokens),
      }),
      ...this.#answer.facts(this.captureContent),
    });
  }
}

module.exports = { isOpenAI, watchOpenAI };
