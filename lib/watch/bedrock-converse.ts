import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { addArguments, type ToolRequest } from '../trace/tool-requests';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import type { AnswerReader } from './reader';
import { bedrockUsage } from './usage';

/** Reads the answers of Converse, which are those of Amazon's own models, too. */
export class ConverseReader implements AnswerReader {
  #answer: Answer;
  #stopReason: unknown;
  #usage: unknown;
  #model: unknown;
  /** The requested tools of a stream, by the index of their block. */
  #tools = new Map<unknown, ToolRequest>();

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(output: any): void {
    for (const block of arrayOf(output?.output?.message?.content)) {
      if (block?.toolUse) this.#tool(block.toolUse);
      // What an older package does not know may be reasoning.
      else if (!block?.$unknown) this.#answer.addContent(block);
    }
    this.#stopReason = output?.stopReason;
    this.#count(output);
  }

  chunk(event: any): void {
    if (event?.contentBlockDelta) this.#piece(event.contentBlockDelta);
    else if (event?.contentBlockStart) {
      const { start, contentBlockIndex: index } = event.contentBlockStart;
      const request = start?.toolUse && this.#tool(start.toolUse);
      if (request) this.#tools.set(index, request);
    } else if (event?.messageStop) this.#stopReason = event.messageStop.stopReason;
    else if (event?.metadata) this.#count(event.metadata);
  }

  facts(): CallFacts {
    return {
      servedModel: nonEmptyString(this.#model),
      finishReason: nonEmptyString(this.#stopReason),
      ...bedrockUsage(this.#usage),
      ...this.#answer.facts(),
    };
  }

  #piece({ delta, contentBlockIndex: index }: any): void {
    this.#answer.began();
    this.#answer.addText(delta?.text);
    const known = this.#tools.get(index);
    if (known) addArguments(known, delta?.toolUse?.input);
  }

  #count({ usage, trace }: any): void {
    this.#usage = usage;
    // A router of prompts tells which model it has chosen.
    this.#model = trace?.promptRouter?.invokedModelId;
  }

  #tool({ name, toolUseId, input }: any): ToolRequest | undefined {
    return this.#answer.addTool(name, toolUseId, input);
  }
}
