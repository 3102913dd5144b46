import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { addArguments, type ToolRequest } from '../trace/tool-requests';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure, UNEXPLAINED } from './reader';
import { firstCount } from './usage';

/** Ends of a stream that is not complete because something has failed. */
const FAILED = /^ERROR/;

/** Reads the answers of both versions of the API. */
export class CohereReader implements AnswerReader {
  #answer: Answer;
  #id: unknown;
  #finishReason: unknown;
  #usage: any;
  #error: unknown;
  /** The requested tools of a stream, by index. */
  #tools = new Map<unknown, ToolRequest>();
  #hasTools = false;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(answer: any): void {
    this.#end(answer);
    const [generation] = arrayOf(answer?.generations);
    this.#answer.addText(answer?.text ?? generation?.text);
    this.#answer.addContent(answer?.message?.content);
    this.#requestTools(answer?.message?.toolCalls ?? answer?.toolCalls);
  }

  chunk(event: any): void {
    switch (event?.type ?? event?.eventType) {
      case 'message-start':
        this.#id = event.id;
        break;
      case 'content-start':
      case 'content-delta':
        this.#content(event.delta?.message?.content);
        break;
      case 'tool-plan-delta':
        this.#answer.began();
        break;
      case 'tool-call-start':
        this.#startTool(event.index, event.delta?.message?.toolCalls);
        break;
      case 'tool-call-delta': {
        const known = this.#tools.get(event.index);
        if (known) addArguments(known, event.delta?.message?.toolCalls?.function?.arguments);
        break;
      }
      case 'message-end':
        this.#end(event.delta);
        break;
      case 'text-generation':
        this.#answer.began();
        this.#answer.addText(event.text);
        break;
      case 'tool-calls-generation':
        this.#answer.began();
        this.#requestTools(event.toolCalls);
        break;
      case 'stream-end':
        this.#end({ ...event.response, finishReason: event.finishReason });
        if (!this.#hasTools) this.#requestTools(event.response?.toolCalls);
        break;
      default:
    }
  }

  facts(): CallFacts {
    const { billedUnits, tokens, cachedTokens } = this.#usage ?? {};
    const searches = firstCount(billedUnits?.searchUnits);
    return {
      responseId: nonEmptyString(this.#id),
      finishReason: nonEmptyString(this.#finishReason),
      // The billed ones are without what the provider adds to the prompt.
      promptTokens: firstCount(tokens?.inputTokens, billedUnits?.inputTokens),
      completionTokens: firstCount(tokens?.outputTokens, billedUnits?.outputTokens),
      cachedTokens: firstCount(cachedTokens),
      metadata: searches === undefined ? undefined : { search_units: searches },
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    if (this.#error) return toFailure(this.#error);
    return FAILED.test(String(this.#finishReason)) ? UNEXPLAINED : undefined;
  }

  /** Reads what a whole answer, or the end of a stream, says of the answer. */
  #end(answer: any): void {
    const { id, responseId, finishReason, generations, usage, meta, error } = answer ?? {};
    this.#id = id ?? responseId ?? this.#id;
    this.#finishReason = finishReason ?? generations?.[0]?.finishReason;
    this.#usage = usage ?? meta;
    this.#error = error;
  }

  #content(content: any): void {
    if (content?.text || content?.thinking) this.#answer.began();
    this.#answer.addText(content?.text);
  }

  #startTool(index: unknown, tool: any): void {
    this.#answer.began();
    const request = this.#requestTool(tool);
    if (request) this.#tools.set(index, request);
  }

  #requestTools(tools: unknown): void {
    for (const tool of arrayOf(tools)) this.#requestTool(tool);
  }

  #requestTool(tool: any): ToolRequest | undefined {
    this.#hasTools = true;
    const called = tool?.function ?? tool;
    return this.#answer.addTool(called?.name, tool?.id, called?.arguments ?? called?.parameters);
  }
}
