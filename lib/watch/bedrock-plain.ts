import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { Answer } from './answer';
import { arrayOf, isObject, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import type { AnswerReader } from './reader';
import { firstCount, sumCounts } from './usage';

/** Reads the answers of the models that complete a text: Titan, and those of Meta, Mistral and Cohere. */
export class PlainReader implements AnswerReader {
  #answer: Answer;
  /** What is known of the answer, from all chunks. */
  #known: Record<string, any> = {};

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(body: any): void {
    const first = firstOf(body);
    this.#answer.addText(textOf(first) ?? textOf(body));
    this.#note(body);
  }

  chunk(body: any): void {
    const text = textOf(firstOf(body)) ?? textOf(body);
    // The end of a stream of Cohere repeats the whole answer in a member.
    if (text) this.#answer.began();
    this.#answer.addText(text);
    this.#note(body?.response ?? body);
  }

  facts(): CallFacts {
    const known = this.#known;
    return {
      responseId: nonEmptyString(known.response_id ?? known.generation_id ?? known.id),
      finishReason: nonEmptyString(
        known.stop_reason ?? known.completionReason ?? known.finish_reason,
      ),
      promptTokens: firstCount(known.prompt_token_count, known.inputTextTokenCount),
      completionTokens: firstCount(
        known.generation_token_count,
        known.totalOutputTextTokenCount,
        sumCounts(...arrayOf(known.results).map((result) => result?.tokenCount)),
      ),
      ...this.#answer.facts(),
    };
  }

  #note(body: any): void {
    for (const part of [body, firstOf(body)]) {
      for (const [key, value] of Object.entries(part ?? {})) {
        if (value !== undefined && value !== null) this.#known[key] = value;
      }
    }
    for (const { name, parameters } of arrayOf(body?.tool_calls).filter(isObject)) {
      this.#answer.addTool(name, undefined, parameters);
    }
  }
}

/** @returns the first of several answers */
function firstOf(body: any): any {
  return arrayOf(body?.results ?? body?.outputs ?? body?.generations)[0];
}

function textOf(part: any): string | undefined {
  return nonEmptyString(part?.generation ?? part?.outputText ?? part?.text);
}
