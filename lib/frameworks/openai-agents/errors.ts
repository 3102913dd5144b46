import type { ErrorDetail } from '../../../index';
import { withoutContent } from '../../trace/error-content';
import { repeats } from '../../trace/repetition';
import type { SdkSpan } from './sdk';

export type SpanError = ErrorDetail & { status?: number };

/** The SDK writes errors as text: the name of the class, and the message. */
const TYPED = /^([A-Z]\w*): ([\s\S]+)$/;
/** OpenAI's client begins the messages of answers with their status. */
const STATUS = /^([45]\d\d)\b/;

/** Reads the error of a span. */
export function errorOf({ error }: SdkSpan): SpanError | undefined {
  if (!error) return undefined;
  const { message, data } = error;
  const cause = [data?.error, data?.guardrail].find((each) => typeof each === 'string' && each);
  const typed = TYPED.exec(cause ?? '');
  if (typed) return { errorType: typed[1], message: typed[2], ...statusOf(typed[2]) };
  const text = String(message ?? 'the operation has failed');
  return { errorType: 'Error', message: cause ? `${text}: ${cause}` : text, ...statusOf(text) };
}

function statusOf(message: string): { status?: number } {
  const found = STATUS.exec(message);
  return found ? { status: Number(found[1]) } : {};
}

/**
 * Removes from the errors of one run what they repeat of the content of its model calls: the error of a call is also
 * that of its turn, its agent and the run.
 */
export class HiddenErrors {
  /** Messages that must not be shown, and what is shown instead. */
  readonly #hidden = new Map<string, string>();
  #lastCall: unknown;

  /** @param span of a model call that has failed, or succeeded with an answer that others may repeat */
  ofCall(span: SdkSpan): SpanError | undefined {
    const { spanData } = span;
    this.#lastCall = spanData;
    const error = errorOf(span);
    if (!error) return undefined;
    // A span that has no request says nothing about what the message repeats.
    const isKnown = (spanData._input ?? spanData.input) !== undefined;
    const source = isKnown ? error : { message: error.message };
    const shown = withoutContent(error, source, { request: spanData, sent: true });
    const message =
      shown.message === error.errorType && error.status
        ? `${error.errorType} (status ${error.status})`
        : shown.message;
    if (message !== error.message) this.#hidden.set(error.message, message);
    return { ...shown, message, status: error.status };
  }

  /** @param span of another operation */
  ofOther(span: SdkSpan): SpanError | undefined {
    const error = errorOf(span);
    if (!error) return undefined;
    let { message } = error;
    for (const [hidden, shown] of this.#hidden) message = message.replaceAll(hidden, shown);
    const isOfAnswer = error.errorType === 'ModelBehaviorError' && repeats(message, this.#lastCall);
    return { ...error, message: isOfAnswer ? error.errorType : message };
  }
}
