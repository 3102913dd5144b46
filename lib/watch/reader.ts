import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { finiteNumber, isObject, nonEmptyString } from './facts';
import { followParsing } from './promise';
import { followStream } from './stream';

/** Reads the answer to one call. It collects while the call runs, and works the facts out when the call has ended. */
export interface AnswerReader {
  /** Reads a complete answer. */
  whole(answer: any): void;
  /** Reads a chunk of a stream. It is called for each of them, so it only keeps what is needed later. */
  chunk(chunk: any): void;
  facts(): CallFacts;
  /** The error that the answer contains, although its status is 200. */
  failure?(): unknown;
}

/** Lets a reader report its facts to the record of its call when that ends. */
export function reportTo(call: CallRecord, reader: AnswerReader): void {
  call.whenEnding(() => {
    call.update(reader.facts());
    const failure = reader.failure?.();
    if (failure) call.fail(failure);
  });
}

/** Observes a promise of OpenAI's or Anthropic's client for an answer or a stream. */
export function followAnswer(result: any, call: CallRecord, reader: AnswerReader): any {
  reportTo(call, reader);
  return followParsing(result, call, (answer) => {
    if (followStream(answer, call, (chunk) => reader.chunk(chunk))) return;
    reader.whole(answer);
    call.end();
  });
}

/** The failure of an answer that does not say why. */
export const UNEXPLAINED = { errorType: 'ResponseFailed', message: 'the response has failed' };

/**
 * @param error the error in an answer, in the form of any provider
 * @returns what the trace shows of it; undefined if there is none
 */
export function toFailure(error: unknown): unknown {
  const { message, code, type } = isObject(error) ? error : ({ message: error } as any);
  const errorCode = finiteNumber(code) ?? nonEmptyString(code) ?? nonEmptyString(type);
  const text = nonEmptyString(message);
  if (text === undefined && errorCode === undefined) return undefined;
  return {
    ...UNEXPLAINED,
    ...(text !== undefined && { message: text }),
    errorCode: errorCode === undefined ? undefined : String(errorCode),
  };
}
