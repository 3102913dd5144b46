import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { addArguments, type ToolRequest } from '../trace/tool-requests';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure } from './reader';
import { openaiUsage } from './usage';

/** Reads chat completions and the older completions, of OpenAI and of servers that speak its protocol. */
export class ChatReader implements AnswerReader {
  #answer: Answer;
  #model: unknown;
  #id: unknown;
  #usage: unknown;
  #finishReason: unknown;
  #error: unknown;
  /** The ids of the recorded tools, by the index of the answer and of the tool. */
  #tools = new Map<string, ToolRequest>();

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(completion: any): void {
    this.#read(completion);
    for (const choice of arrayOf(completion?.choices)) {
      const message = choice?.message;
      this.#choice(choice, message);
      this.#answer.addContent(message?.images);
      for (const tool of arrayOf(message?.tool_calls)) {
        const called = tool?.function ?? tool?.custom;
        this.#answer.addTool(called?.name, tool?.id, called?.arguments ?? called?.input);
      }
    }
  }

  chunk(chunk: any): void {
    this.#read(chunk);
    const choices = chunk?.choices;
    if (!Array.isArray(choices)) return;
    for (const choice of choices) {
      const delta = choice?.delta;
      this.#choice(choice, delta);
      if (delta?.tool_calls) this.#toolPieces(choice.index, delta.tool_calls);
      if (hasContent(delta) || choice?.text) this.#answer.began();
    }
  }

  facts(): CallFacts {
    return {
      servedModel: nonEmptyString(this.#model),
      responseId: nonEmptyString(this.#id),
      finishReason: nonEmptyString(this.#finishReason),
      ...openaiUsage(this.#usage),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    return toFailure(this.#error);
  }

  #read(part: any): void {
    // The first chunk of Azure names no model.
    if (!this.#model) this.#model = part?.model;
    if (!this.#id) this.#id = part?.id;
    const usage = part?.usage ?? part?.x_groq?.usage;
    if (this.#usage === undefined || counts(usage)) this.#usage = usage;
    const error = part?.error ?? part?.x_groq?.error;
    if (error) this.#error = error;
  }

  /** @param message the complete message, or what a chunk adds to it */
  #choice(choice: any, message: any): void {
    if (counts(choice?.usage)) this.#usage = choice.usage;
    if (choice?.error) this.#error = choice.error;
    if (message?.function_call) {
      this.#answer.addTool(message.function_call.name, undefined, message.function_call.arguments);
    }
    // The pieces of several answers are interleaved, so only the first answer is shown.
    if (choice?.index) return;
    if (choice?.finish_reason) this.#finishReason = choice.finish_reason;
    const content = message?.content ?? choice?.text;
    if (typeof content === 'string') this.#answer.addText(content);
    else if (content) this.#answer.addContent(content);
    if (message?.refusal) this.#answer.addText(message.refusal);
    if (message?.audio) this.#answer.addText(message.audio.transcript);
  }

  /** Only the first piece of a call has the name, but some servers repeat it. */
  #toolPieces(answer: unknown, pieces: unknown): void {
    for (const piece of arrayOf(pieces)) {
      const called = piece?.function ?? piece?.custom;
      const { id, index } = piece ?? {};
      const key = `${answer} ${index}`;
      const known = index === undefined ? undefined : this.#tools.get(key);
      const isNew = called?.name && (!known || (id && known.id !== id));
      const added = called?.arguments ?? called?.input;
      if (isNew) {
        const request = this.#answer.addTool(called.name, id, added);
        if (request) this.#tools.set(key, request);
      } else if (known) addArguments(known, added);
    }
  }
}

/** Whether a chunk has what the model wrote, and not only the role of the message. */
function hasContent(delta: any): boolean {
  return Boolean(
    delta?.content ||
      delta?.tool_calls ||
      delta?.reasoning_content ||
      delta?.reasoning ||
      delta?.refusal ||
      delta?.audio ||
      delta?.function_call,
  );
}

/** Whether it counts anything: some servers end a stream with a usage of nulls. */
function counts(usage: unknown): boolean {
  const { promptTokens, completionTokens, cost } = openaiUsage(usage);
  return (promptTokens ?? completionTokens ?? cost) !== undefined;
}
