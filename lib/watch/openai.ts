import type { CallRecord } from '../trace/call-record';
import {
  Answer,
  arrayOf,
  definedEntries,
  finiteNumber,
  nonEmptyString,
  previewInput,
} from './facts';
import { guard } from './guard';
import { replaceMethod } from './patch';
import { followParsing } from './promise';
import type { Provider, WatchSettings } from './provider';
import { recordCalls } from './record';
import { followStream } from './stream';

export const provider: Provider = {
  name: 'openai',
  matches: (client) => typeof client?.chat?.completions?.create === 'function',
  patch: patchClient,
};

/** All other methods, including `stream`, `parse` and `runTools`, call one of these two. */
function patchClient(client: any, settings: WatchSettings): void {
  const request = (body: any, content: unknown) => ({
    provider: guard(() => providerAt(client.baseURL)) ?? 'openai',
    model: nonEmptyString(body?.model),
    temperature: finiteNumber(body?.temperature),
    inputPreview: settings.captureContent ? previewInput(content) : undefined,
  });
  recordCalls(client.chat.completions, 'create', settings, {
    request: ([body]) => request(body, body?.messages),
    follow: (result, call) => follow(result, call, new ChatReader(call, settings)),
  });
  if (client.responses) {
    recordCalls(client.responses, 'create', settings, {
      request: ([body]) => request(body, body?.input),
      follow: (result, call) => follow(result, call, new ResponseReader(call, settings)),
    });
  }
  replaceMethod(client, 'withOptions', (call) => {
    const clone = call();
    if (provider.matches(clone)) patchClient(clone, settings);
    return clone;
  });
}

/** xAI has the same API at a different address. */
function providerAt(baseUrl: unknown): string {
  const labels = new URL(String(baseUrl)).hostname.toLowerCase().split('.');
  const isX = labels.some((label, index) => label === 'x' && labels[index + 1] === 'ai');
  return isX || labels.includes('xai') || labels.includes('grok') ? 'xai' : 'openai';
}

function follow(result: any, call: CallRecord, reader: ChatReader | ResponseReader): any {
  return followParsing(result, call, (answer) => {
    if (followStream(answer, call, (chunk) => reader.chunk(chunk))) return;
    reader.whole(answer);
    call.end();
  });
}

/** Reads chat completions. */
class ChatReader {
  #call: CallRecord;
  #answer: Answer;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#call = call;
    this.#answer = new Answer(settings);
  }

  whole(completion: any): void {
    this.#read(completion, 'message');
  }

  chunk(chunk: any): void {
    this.#read(chunk, 'delta');
  }

  #read(part: any, member: 'message' | 'delta'): void {
    const usage = part?.usage;
    for (const choice of arrayOf(part?.choices)) {
      const message = choice?.[member];
      // The pieces of several answers are interleaved, so only the first answer is shown.
      if (!choice?.index) this.#answer.addText(message?.content);
      for (const tool of arrayOf(message?.tool_calls)) {
        this.#answer.addTool(tool?.function?.name ?? tool?.custom?.name);
      }
      this.#answer.addTool(message?.function_call?.name);
    }
    this.#call.update({
      model: nonEmptyString(part?.model),
      promptTokens: finiteNumber(usage?.prompt_tokens),
      completionTokens: finiteNumber(usage?.completion_tokens),
      metadata: definedEntries({
        cachedTokens: finiteNumber(usage?.prompt_tokens_details?.cached_tokens),
        reasoningTokens: finiteNumber(usage?.completion_tokens_details?.reasoning_tokens),
      }),
      ...this.#answer.facts(),
    });
  }
}

/** Reads the answers of the Responses API. */
class ResponseReader {
  #call: CallRecord;
  #answer: Answer;
  /** Indices or ids of the recorded items. */
  #recorded = new Set<unknown>();

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#call = call;
    this.#answer = new Answer(settings);
  }

  whole(response: any): void {
    for (const item of arrayOf(response?.output)) {
      this.#item(item);
      for (const content of arrayOf(item?.content)) this.#answer.addText(content?.text);
    }
    this.#update(response);
  }

  chunk(event: any): void {
    if (event?.type === 'response.output_text.delta') this.#answer.addText(event.delta);
    if (/^response\.output_item\.(added|done)$/.test(event?.type)) this.#itemOnce(event);
    this.#update(event?.response);
  }

  /** A stream has one event when an item begins and another when it is done, and may end in between. */
  #itemOnce(event: any): void {
    const index = event.output_index ?? event.item?.id;
    if (index !== undefined && this.#recorded.has(index)) return;
    this.#recorded.add(index);
    this.#item(event.item);
  }

  #item(item: any): void {
    if (/_call$/.test(item?.type)) this.#answer.addTool(item.name ?? item.type);
  }

  #update(response: any): void {
    const usage = response?.usage;
    if (response?.status === 'failed') this.#call.fail(toFailure(response.error));
    this.#call.update({
      model: nonEmptyString(response?.model),
      promptTokens: finiteNumber(usage?.input_tokens),
      completionTokens: finiteNumber(usage?.output_tokens),
      metadata: definedEntries({
        cachedTokens: finiteNumber(usage?.input_tokens_details?.cached_tokens),
        reasoningTokens: finiteNumber(usage?.output_tokens_details?.reasoning_tokens),
      }),
      ...this.#answer.facts(),
    });
  }
}

/** @param error of a response with status `failed` */
function toFailure(error: any) {
  const message = nonEmptyString(error?.message) ?? 'the response has failed';
  return { errorType: 'ResponseFailed', errorCode: nonEmptyString(error?.code), message };
}
