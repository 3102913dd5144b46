import type { CallRecord } from '../trace/call-record';
import {
  Answer,
  arrayOf,
  definedEntries,
  finiteNumber,
  nonEmptyString,
  previewInput,
} from './facts';
import { replaceMethod } from './patch';
import { followParsing } from './promise';
import type { Provider, WatchSettings } from './provider';
import { recordCalls } from './record';
import { followStream } from './stream';

export const provider: Provider = {
  name: '@anthropic-ai/sdk',
  matches: (client) => typeof client?.messages?.create === 'function',
  patch: patchClient,
};

/** All other methods, including `stream`, call `create`. */
function patchClient(client: any, settings: WatchSettings): void {
  for (const messages of [client.messages, client.beta?.messages]) {
    if (!messages) continue;
    recordCalls(messages, 'create', settings, {
      request: ([body]) => ({
        provider: 'anthropic',
        model: nonEmptyString(body?.model),
        temperature: finiteNumber(body?.temperature),
        inputPreview: settings.captureContent ? previewInput(body?.messages) : undefined,
      }),
      follow(result, call) {
        const reader = new MessageReader(call, settings);
        return followParsing(result, call, (answer) => {
          if (followStream(answer, call, (event) => reader.event(event))) return;
          reader.whole(answer);
          call.end();
        });
      },
    });
  }
  replaceMethod(client, 'withOptions', (call) => {
    const clone = call();
    if (provider.matches(clone)) patchClient(clone, settings);
    return clone;
  });
}

class MessageReader {
  #call: CallRecord;
  #answer: Answer;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#call = call;
    this.#answer = new Answer(settings);
  }

  whole(message: any): void {
    for (const block of arrayOf(message?.content)) this.#block(block);
    this.#update(message?.model, message?.usage);
  }

  event(event: any): void {
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
    this.#update(undefined, event?.usage);
  }

  #block(block: any): void {
    this.#answer.addText(block?.text);
    if (/tool_use$/.test(block?.type)) this.#answer.addTool(block.name);
  }

  #update(model: unknown, usage: any): void {
    this.#call.update({
      model: nonEmptyString(model),
      promptTokens: finiteNumber(usage?.input_tokens),
      completionTokens: finiteNumber(usage?.output_tokens),
      metadata: definedEntries({
        cachedTokens: finiteNumber(usage?.cache_read_input_tokens),
        cacheCreationTokens: finiteNumber(usage?.cache_creation_input_tokens),
      }),
      ...this.#answer.facts(),
    });
  }
}
