import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { finishReason, modelUsage } from './ai-sdk-facts';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure } from './reader';

/** The parts of a stream that have content. */
const CONTENT = /^(text-delta|reasoning-delta|tool-input-delta|tool-call|file|source)$/;

/** Reads an answer of a language model of the AI SDK, of any version of its interface. */
export class ModelAnswer implements AnswerReader {
  #call: CallRecord;
  #answer: Answer;
  #facts: CallFacts = {};
  #failure: unknown;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#call = call;
    this.#answer = new Answer(call, settings);
  }

  whole(result: any): void {
    for (const part of arrayOf(result?.content)) {
      if (part?.type === 'text') this.#answer.addText(part.text);
      else this.#addTool(part);
    }
    this.#finish(result);
    this.#name(result?.response);
  }

  chunk(part: any): void {
    const type = part?.type;
    if (CONTENT.test(type)) this.#answer.began();
    // Version 1 of the streams called the text of a part by another name.
    if (type === 'text-delta') this.#answer.addText(part.delta ?? part.textDelta);
    else if (type === 'tool-call') this.#addTool(part);
    else if (type === 'response-metadata') this.#name(part);
    else if (type === 'finish') this.#finish(part);
    else if (type === 'error') this.#failure = part.error ?? 'unknown error';
  }

  facts(): CallFacts {
    return { ...this.#facts, ...this.#answer.facts() };
  }

  failure(): unknown {
    const error = this.#failure;
    return error === undefined || error instanceof Error ? error : (toFailure(error) ?? error);
  }

  /** A tool that the provider does not run itself may begin before the answer is over. */
  #addTool(part: any): void {
    if (part?.type !== 'tool-call') return;
    this.#answer.addTool(part.toolName, part.toolCallId, part.input ?? part.args);
    this.#call.update({ toolRequests: this.#answer.facts().toolRequests });
  }

  #finish(part: any): void {
    Object.assign(this.#facts, modelUsage(part?.usage, part?.providerMetadata));
    this.#facts.finishReason = finishReason(part?.finishReason);
  }

  #name(response: any): void {
    this.#facts.responseId = nonEmptyString(response?.id) ?? this.#facts.responseId;
    this.#facts.servedModel = nonEmptyString(response?.modelId) ?? this.#facts.servedModel;
  }
}
