import { isUint8Array } from 'node:util/types';
import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { MessageReader } from './anthropic-message';
import { ConverseReader } from './bedrock-converse';
import { PlainReader } from './bedrock-plain';
import { arrayOf, isObject } from './facts';
import { ChatReader } from './openai-chat';
import type { WatchSettings } from './provider';
import type { AnswerReader } from './reader';
import { bedrockUsage } from './usage';

/** Longer bodies, which are those with images and the like, are not read: that would take time from the caller. */
const MAX_BODY = 4 * 1024 * 1024;

/** @returns the JSON in a body, or undefined if it has none */
export function parseBody(body: unknown): any {
  const isText = typeof body === 'string';
  if (!(isText || isUint8Array(body)) || body.length > MAX_BODY) return undefined;
  try {
    const value = JSON.parse(isText ? body : new TextDecoder().decode(body));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What Bedrock adds to the last chunk of a stream. */
const METRICS = 'amazon-bedrock-invocationMetrics';
/** The first member of an event in the streams of Amazon's models. */
const EVENT = /^(message|contentBlock)(Start|Delta|Stop)$|^metadata$/;

/**
 * Reads answers in the form that their model gives them. The form is known by the answer: the id of the model may be
 * one of the user's own.
 */
export class BodyReader implements AnswerReader {
  #call: CallRecord;
  #settings: WatchSettings;
  #reader: AnswerReader | undefined;
  #metrics: unknown;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#call = call;
    this.#settings = settings;
  }

  whole(body: any): void {
    this.#readerOf(body).whole(body);
  }

  chunk(body: any): void {
    if (!isObject(body)) return;
    if (body[METRICS]) this.#metrics = body[METRICS];
    this.#readerOf(body).chunk(body);
  }

  facts(): CallFacts {
    const facts = this.#reader?.facts() ?? {};
    const isCounted = facts.promptTokens !== undefined || facts.completionTokens !== undefined;
    return isCounted ? facts : { ...facts, ...bedrockUsage(this.#metrics) };
  }

  failure(): unknown {
    return this.#reader?.failure?.();
  }

  #readerOf(body: any): AnswerReader {
    this.#reader ??= new (kindOf(body ?? {}))(this.#call, this.#settings);
    return this.#reader;
  }
}

function kindOf(
  body: Record<string, any>,
): new (
  call: CallRecord,
  settings: WatchSettings,
) => AnswerReader {
  if (/^(message|completion)/.test(body.type)) return MessageReader;
  if (body.output?.message || EVENT.test(Object.keys(body)[0])) return ConverseReader;
  return body.choices ? BedrockChatReader : PlainReader;
}

/** Reads chat completions. Those of Mistral have whole messages in their chunks, and their own name for the end. */
class BedrockChatReader extends ChatReader {
  override whole(completion: any): void {
    super.whole(toOpenAI(completion));
  }

  override chunk(chunk: any): void {
    super.chunk(toOpenAI(chunk));
  }
}

function toOpenAI(body: any): unknown {
  const choices = arrayOf(body.choices).map((choice) => ({
    ...choice,
    delta: choice?.delta ?? choice?.message,
    finish_reason: choice?.finish_reason ?? choice?.stop_reason,
  }));
  return { ...body, choices };
}
