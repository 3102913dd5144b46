'use strict';

const { Answer, array, known, number, previewInput, string } = require('./facts');
const { record, replace } = require('./patch');
const { followParsing } = require('./promise');
const { followStream } = require('./stream');

/** @typedef {import('./patch').CallRecord} CallRecord */

/** @param {any} client */
function isAnthropic(client) {
  return typeof client?.messages?.create === 'function';
}

/**
 * Watches the method that every other one goes through, on both kinds of messages.
 *
 * @param {any} client
 * @param {boolean} captureContent
 */
function watchAnthropic(client, captureContent) {
  for (const messages of [client.messages, client.beta?.messages]) {
    if (!messages) continue;
    record(
      messages,
      'create',
      ([body]) => ({
        provider: 'anthropic',
        model: string(body?.model),
        temperature: number(body?.temperature),
        inputPreview: captureContent ? previewInput(body?.messages) : undefined,
      }),
      captureContent,
      (result, call) => {
        const reader = new Message(call, captureContent);
        return followParsing(result, call, (answer) => {
          if (followStream(answer, call, (event) => reader.event(event))) return;
          reader.whole(answer);
          call.end();
        });
      },
    );
  }
  replace(client, 'withOptions', (call) => {
    const clone = call();
    if (isAnthropic(clone)) watchAnthropic(clone, captureContent);
    return clone;
  });
}

/** Reads messages. */
class Message {
  #answer = new Answer();

  /**
   * @param {CallRecord} call
   * @param {boolean} captureContent
   */
  constructor(call, captureContent) {
    this.call = call;
    this.captureContent = captureContent;
  }

  /** @param {any} message */
  whole(message) {
    for (const block of array(message?.content)) this.#block(block);
    this.#facts(message?.model, message?.usage);
  }

  /** @param {any} event */
  event(event) {
    switch (event?.type) {
      case 'message_start':
        this.whole(event.message);
        break;
      case 'content_block_start':
        this.#block(event.content_block);
        break;
      case 'content_block_delta':
        this.#answer.addText(event.delta?.text);
        break;
      default:
    }
    this.#facts(undefined, event?.usage);
  }

  /** @param {any} block */
  #block(block) {
    this.#answer.addText(block?.text);
    if (/tool_use$/.test(block?.type)) this.#answer.addTool(block.name);
  }

  /**
   * @param {unknown} model
   * @param {any} usage
   */
  #facts(model, usage) {
    this.call.update({
      model: string(model),
      promptTokens: number(usage?.input_tokens),
      completionTokens: number(usage?.output_tokens),
      metadata: known({
        cachedTokens: number(usage?.cache_read_input_tokens),
        cacheCreationTokens: number(usage?.cache_creation_input_tokens),
      }),
      ...this.#answer.facts(this.captureContent),
    });
  }
}

module.exports = { isAnthropic, watchAnthropic };
