import type { CallFacts } from '../../trace/call-facts';
import type { CallRecord } from '../../trace/call-record';
import { contentText } from '../../watch/content-text';
import { arrayOf, finiteNumber, nonEmptyString } from '../../watch/facts';
import { openaiProvider } from '../../watch/hosts';
import { offeredTools } from '../../watch/offered-tools';
import { ChatReader } from '../../watch/openai-chat';
import { ResponseReader } from '../../watch/openai-response';
import { openaiUsage } from '../../watch/usage';
import type { Content } from '../common';

type SpanData = Record<string, any>;

/** Spans that are calls of a model. */
const CALLS = new Set(['response', 'generation', 'transcription', 'speech']);

export function isCall({ type }: SpanData): boolean {
  return CALLS.has(type);
}

/** What is known when a call begins. */
export function firstFacts({ type, model }: SpanData): CallFacts {
  const purpose = type === 'transcription' || type === 'speech' ? type : undefined;
  return { provider: 'openai', model: nonEmptyString(model), purpose };
}

/** What is known when it has ended. */
export function lastFacts(data: SpanData, content: Content): CallFacts {
  const { type, model, model_config: config, usage } = data;
  if (type === 'response') return responseFacts(data, content);
  const url = nonEmptyString(config?.base_url);
  return {
    provider: url && openaiProvider({ baseURL: url }),
    model: nonEmptyString(model),
    temperature: finiteNumber(config?.temperature),
    ...openaiUsage(usage),
    ...(type === 'generation' && chatFacts(data, content)),
  };
}

function responseFacts({ _response: response, response_id: id }: SpanData, content: Content) {
  if (!response) return { responseId: nonEmptyString(id) };
  // The reader asks its call only for the time, and that only of streams.
  const reader = new ResponseReader({} as CallRecord, { captureContent: content.output });
  reader.whole(response);
  return {
    ...reader.facts(),
    temperature: finiteNumber(response.temperature),
    toolNames: offeredTools(response.tools),
  };
}

function chatFacts({ output }: SpanData, content: Content): CallFacts | undefined {
  const completion = arrayOf(output)[0];
  if (!completion?.choices) return undefined;
  const reader = new ChatReader({} as CallRecord, { captureContent: content.output });
  reader.whole(completion);
  return reader.facts();
}

/** Returns what goes into a call. */
export function inputOf({ type, input, _input }: SpanData): unknown {
  if (type === 'transcription') return undefined;
  return _input ?? input;
}

/** The SDK spells one member of OpenAI's items otherwise, by which they are known as such. */
export function toItem(item: any): unknown {
  return item?.callId === undefined ? item : { ...item, call_id: item.callId };
}

/** Returns the text that comes out of a call that writes no messages. */
export function outputOf({ type, output }: SpanData): string | undefined {
  return type === 'transcription' ? nonEmptyString(output) : undefined;
}

/** Returns the last message of the user in what goes into a call. */
export function questionOf(data: SpanData, max: number): string | undefined {
  const input = data._input ?? data.input;
  if (typeof input === 'string') return input;
  const messages = arrayOf(input).filter((item) => item?.role === 'user');
  return contentText(messages.at(-1), max) || undefined;
}

/** Returns the text of an answer. */
export function answerOf({ _response: response, output }: SpanData, max: number) {
  const contents = response
    ? arrayOf(response.output).filter((item) => item?.type === 'message')
    : [arrayOf(output)[0]?.choices?.[0]?.message].filter(Boolean);
  return contents.map((message) => contentText(message, max)).join('\n') || undefined;
}

/** The usage of a turn, which is known also where the SDK hides the answers of the model. */
export function turnUsage({ usage }: SpanData): CallFacts | undefined {
  if (!usage) return undefined;
  const { input_tokens, output_tokens, cached_input_tokens, cache_write_input_tokens } = usage;
  return {
    promptTokens: finiteNumber(input_tokens),
    completionTokens: finiteNumber(output_tokens),
    cachedTokens: finiteNumber(cached_input_tokens),
    cacheCreationTokens: finiteNumber(cache_write_input_tokens) || undefined,
  };
}
