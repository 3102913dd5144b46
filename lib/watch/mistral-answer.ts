import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { addArguments, type ToolRequest } from '../trace/tool-requests';
import { Answer } from './answer';
import { arrayOf, isObject, nonEmptyString } from './facts';
import { ChatReader } from './openai-chat';
import { MediaReader } from './openai-media';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure, UNEXPLAINED } from './reader';
import { openaiUsage } from './usage';

/** Reads chat completions: those of OpenAI, but for the spelling of their members. */
export class MistralChatReader extends ChatReader {
  override whole(completion: any): void {
    super.whole(toOpenAI(completion));
  }

  override chunk(event: any): void {
    super.chunk(toOpenAI(event?.data));
  }
}

/** Reads embeddings. */
export class MistralMediaReader extends MediaReader {
  override whole(answer: any): void {
    super.whole({ model: answer?.model, usage: toOpenAIUsage(answer?.usage) });
  }
}

/** Reads the answers of the agents that keep a conversation. */
export class MistralConversationReader implements AnswerReader {
  #answer: Answer;
  #model: unknown;
  #usage: unknown;
  #error: unknown;
  #tools = new Map<unknown, ToolRequest>();

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(response: any): void {
    this.#usage = response?.usage;
    for (const entry of arrayOf(response?.outputs)) {
      if (entry?.model) this.#model = entry.model;
      if (entry?.type === 'message.output') this.#answer.addContent(entry.content);
      if (entry?.type === 'function.call') this.#tool(entry);
    }
  }

  chunk({ data }: any): void {
    if (data?.model) this.#model = data.model;
    switch (data?.type) {
      case 'message.output.delta':
        this.#answer.began();
        this.#answer.addContent(data.content);
        break;
      case 'function.call.delta': {
        this.#answer.began();
        const known = this.#tools.get(data.toolCallId);
        if (known) addArguments(known, data.arguments);
        else this.#tool(data);
        break;
      }
      case 'conversation.response.done':
        this.#usage = data.usage;
        break;
      case 'conversation.response.error':
        this.#error = data;
        break;
      default:
    }
  }

  facts(): CallFacts {
    return {
      servedModel: nonEmptyString(this.#model),
      ...openaiUsage(toOpenAIUsage(this.#usage)),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    return this.#error && (toFailure(this.#error) ?? UNEXPLAINED);
  }

  #tool({ name, toolCallId, arguments: args }: any): void {
    const request = this.#answer.addTool(name, toolCallId, args);
    if (request) this.#tools.set(toolCallId, request);
  }
}

function toOpenAI(answer: any): unknown {
  return {
    id: answer?.id,
    model: answer?.model,
    usage: toOpenAIUsage(answer?.usage),
    choices: arrayOf(answer?.choices).map((choice) => ({
      index: choice?.index,
      finish_reason: choice?.finishReason,
      message: toOpenAIMessage(choice?.message),
      delta: toOpenAIMessage(choice?.delta),
    })),
  };
}

function toOpenAIMessage(message: any): unknown {
  return message && { content: message.content, tool_calls: message.toolCalls };
}

/** What the client does not know keeps the spelling of the API, in version 1 as a member of its own. */
function toOpenAIUsage(usage: any): unknown {
  if (!isObject(usage)) return undefined;
  return {
    ...usage,
    ...usage.additionalProperties,
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
  };
}
