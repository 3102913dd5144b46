import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import type { ToolRequest } from '../trace/tool-requests';
import { Answer } from './answer';
import { arrayOf, nonEmptyString } from './facts';
import type { WatchSettings } from './provider';
import { type AnswerReader, toFailure, UNEXPLAINED } from './reader';
import { openaiUsage } from './usage';

/** States of a response that is not finished. */
const UNFINISHED = /^(queued|in_progress)$/;

/** Reads the answers of the Responses API. */
export class ResponseReader implements AnswerReader {
  #answer: Answer;
  /** The response as far as it is known. */
  #response: any;
  #error: unknown;
  /** The recorded items, by their indices or ids. */
  #recorded = new Map<unknown, ToolRequest | undefined>();

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(response: any): void {
    this.#response = response;
    for (const item of arrayOf(response?.output)) {
      this.#tool(item);
      if (item?.type === 'message') this.#answer.addContent(item.content);
    }
  }

  chunk(event: any): void {
    switch (event?.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        this.#answer.addText(event.delta);
        break;
      case 'response.output_item.added':
      case 'response.output_item.done':
        this.#itemOnce(event);
        break;
      case 'error':
        this.#error = event.error ?? event;
        break;
      default:
    }
    if (event?.delta) this.#answer.began();
    if (event?.response) this.#response = event.response;
  }

  facts(): CallFacts {
    const { model, id, status, incomplete_details: incomplete, usage } = this.#response ?? {};
    return {
      servedModel: nonEmptyString(model),
      responseId: nonEmptyString(id),
      finishReason: nonEmptyString(incomplete?.reason) ?? finalStatus(status),
      ...openaiUsage(usage),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    const { status, error } = this.#response ?? {};
    return toFailure(this.#error ?? error) ?? (status === 'failed' ? UNEXPLAINED : undefined);
  }

  /** A stream has one event when an item begins and another when it is done, and may end in between. */
  #itemOnce({ output_index: index, item }: any): void {
    const key = index ?? item?.id;
    const known = key === undefined ? undefined : this.#recorded.get(key);
    if (known) known.args = item?.arguments ?? item?.input;
    else if (key === undefined || !this.#recorded.has(key)) {
      const request = this.#tool(item);
      if (key !== undefined) this.#recorded.set(key, request);
    }
  }

  #tool(item: any): ToolRequest | undefined {
    if (!/_call$/.test(item?.type)) return undefined;
    const { name = item.type, call_id: id } = item;
    return this.#answer.addTool(name, id, item.arguments ?? item.input);
  }
}

function finalStatus(status: unknown): string | undefined {
  const known = nonEmptyString(status);
  return known && !UNFINISHED.test(known) ? known : undefined;
}
