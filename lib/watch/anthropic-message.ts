import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { addArguments, type ToolRequest } from '../trace/tool-requests';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure } from './reader';
import { anthropicUsage, mergeUsage } from './usage';

/** Reads messages, and the completions of the older API. */
export class MessageReader implements AnswerReader {
  #answer: Answer;
  #model: unknown;
  #id: unknown;
  #usage: Record<string, unknown> = {};
  #stopReason: unknown;
  #error: unknown;

  /** The request for a tool that a stream sends now. */
  #tool: ToolRequest | undefined;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(message: any): void {
    for (const block of arrayOf(message?.content)) this.#block(block);
    this.#answer.addText(message?.completion);
    this.#model = message?.model;
    this.#id = message?.id;
    this.#stopReason = message?.stop_reason;
    this.#error = message?.error;
    this.#count(message?.usage);
  }

  chunk(event: any): void {
    switch (event?.type) {
      case 'content_block_delta':
        this.#answer.began();
        this.#answer.addText(event.delta?.text);
        if (this.#tool) addArguments(this.#tool, event.delta?.partial_json);
        break;
      case 'content_block_start':
        this.#block(event.content_block);
        break;
      case 'message_start':
        this.whole(event.message);
        break;
      case 'message_delta':
        this.#stopReason = event.delta?.stop_reason ?? this.#stopReason;
        this.#count(event.usage);
        break;
      case 'completion':
        this.#answer.began();
        this.whole(event);
        break;
      default:
    }
  }

  facts(): CallFacts {
    return {
      servedModel: nonEmptyString(this.#model),
      responseId: nonEmptyString(this.#id),
      finishReason: nonEmptyString(this.#stopReason),
      ...anthropicUsage(this.#usage),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    return toFailure(this.#error);
  }

  #block(block: any): void {
    this.#answer.addText(block?.text);
    if (!/tool_use$/.test(block?.type)) return;
    // A stream begins with an empty input, and adds the pieces of its JSON.
    const isEmpty = Object.keys(block.input ?? {}).length === 0;
    this.#tool = this.#answer.addTool(block.name, block.id, isEmpty ? undefined : block.input);
  }

  /** The counts of a stream are those since its beginning. Some servers send zeros where they know nothing. */
  #count(usage: any): void {
    mergeUsage(this.#usage, usage);
  }
}
