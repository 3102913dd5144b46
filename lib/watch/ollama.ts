import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { Answer } from './answer';
import { arrayOf, finiteNumber, nonEmptyString } from './facts';
import { guard } from './guard';
import { offeredTools } from './offered-tools';
import { previewInput } from './preview';
import type { WatchSettings } from './provider';
import { type AnswerReader, followAnswer, toFailure } from './reader';
import { recordCalls } from './record';
import { firstCount } from './usage';

/** The methods that call a model, and what their requests give to it. */
const METHODS: readonly { name: string; input(body: any): unknown; purpose?: string }[] = [
  { name: 'chat', input: (body) => body.messages },
  { name: 'generate', input: (body) => body.prompt },
  { name: 'embed', input: (body) => body.input, purpose: 'embedding' },
  { name: 'embeddings', input: (body) => body.prompt, purpose: 'embedding' },
];

export function patchClient(client: any, settings: WatchSettings): void {
  for (const { name, input, purpose } of METHODS) {
    recordCalls(client, name, settings, {
      request: ([body]) => ({
        provider: 'ollama',
        model: nonEmptyString(body?.model),
        temperature: finiteNumber(body?.options?.temperature),
        toolNames: guard(() => offeredTools(body?.tools)),
        inputPreview: settings.captureContent
          ? guard(() => previewInput(input(body), body.system))
          : undefined,
        purpose,
      }),
      follow: (result, call) => followAnswer(result, call, new OllamaReader(call, settings)),
    });
  }
}

/** Reads answers of all methods. A stream consists of answers, of which only the last has counts. */
class OllamaReader implements AnswerReader {
  #answer: Answer;
  /** What the last part of the answer says of it. */
  #last: any;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(answer: any): void {
    this.#last = answer;
    this.#answer.addText(answer?.message?.content ?? answer?.response);
    for (const tool of arrayOf(answer?.message?.tool_calls)) {
      this.#answer.addTool(tool?.function?.name, tool?.id, tool?.function?.arguments);
    }
  }

  chunk(part: any): void {
    const { content, thinking, tool_calls: tools } = part?.message ?? {};
    if (content || thinking || tools || part?.response || part?.thinking) this.#answer.began();
    this.whole(part);
  }

  facts(): CallFacts {
    return {
      servedModel: nonEmptyString(this.#last?.model),
      promptTokens: firstCount(this.#last?.prompt_eval_count),
      completionTokens: firstCount(this.#last?.eval_count),
      finishReason: nonEmptyString(this.#last?.done_reason),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    return toFailure(this.#last?.error);
  }
}
