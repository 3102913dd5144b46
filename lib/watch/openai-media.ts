import { binaryLabel } from '../trace/binary';
import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure } from './reader';
import { openaiUsage } from './usage';

/** Reads embeddings, images, speech and transcriptions: answers with little more than a usage. */
export class MediaReader implements AnswerReader {
  #answer: Answer;
  #model: unknown;
  #usage: unknown;
  #error: unknown;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(answer: any): void {
    this.#read(answer);
    this.#answer.addText(typeof answer === 'string' ? answer : answer?.text);
    for (const image of arrayOf(answer?.data)) this.#image(image, answer.output_format);
  }

  chunk(event: any): void {
    this.#read(event);
    if (event?.delta || event?.b64_json) this.#answer.began();
    if (event?.type === 'transcript.text.delta') this.#answer.addText(event.delta);
    if (/\.completed$/.test(event?.type)) this.#image(event, event.output_format);
  }

  facts(): CallFacts {
    return {
      servedModel: nonEmptyString(this.#model),
      ...openaiUsage(this.#usage),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    return toFailure(this.#error);
  }

  #read(part: any): void {
    if (part?.model) this.#model = part.model;
    if (part?.usage) this.#usage = part.usage;
    if (part?.error) this.#error = part.error;
  }

  #image(image: any, format: unknown): void {
    const data = nonEmptyString(image?.b64_json);
    if (data)
      this.#answer.addText(binaryLabel(`image/${nonEmptyString(format) ?? 'png'}`, data.length));
  }
}
