import type { ErrorDetail } from '../../index';
import { statusOf } from './error-facts';
import { read } from './read';
import { repeats } from './repetition';

/** Errors that provider clients throw without an answer. Their messages come from the client itself. */
const OWN_MESSAGE =
  /^(APIConnection\w*|APIUserAbort|(Request)?Abort(ed)?|(Request|Cohere)?Timeout|UnexpectedClient|Connection)Error$/;
/** The same for clients that pass the errors of the network on. */
const NETWORK_MESSAGE = /^(fetch failed( \(cause: |$)|(connect|read|write|getaddrinfo) E[A-Z]+\b)/;
/** From here on a status says that the request was refused, and not that its answer could not be read. */
const REFUSED = 400;

/** The request to a language model, which must not be reported. */
export interface HiddenRequest {
  request: unknown;
  /** Whether the request may have been sent, and the error may therefore contain an answer. */
  sent: boolean;
}

/**
 * Removes content from the error of an LLM call. A provider may repeat a refused request, and a parser repeats an
 * answer that it cannot parse.
 */
export function withoutContent(
  detail: ErrorDetail,
  error: unknown,
  { request, sent }: HiddenRequest,
): ErrorDetail {
  const { errorType, message, stackTrace } = detail;
  if (OWN_MESSAGE.test(String(errorType))) return detail;
  const status = statusOf(error);
  if (status === undefined && NETWORK_MESSAGE.test(message)) return detail;
  const isKnownSource = (status !== undefined && status >= REFUSED) || !sent;
  if (isKnownSource && !repeats(message, request)) return detail;
  const safe = status === undefined ? `${errorType}` : `${errorType} (status ${status})`;
  const code = /^[\w.-]{1,64}$/.test(detail.errorCode ?? '') ? detail.errorCode : undefined;
  // The frames follow the message. If the stack does not contain the whole message, the frames cannot be separated
  // from it.
  const own = String(read(error, 'message'));
  const start = stackTrace?.indexOf(own) ?? -1;
  const rest = start < 0 ? undefined : stackTrace?.slice(start + own.length);
  const frames = rest?.match(/^ +at .*$/gm);
  return { errorType, errorCode: code, message: safe, stackTrace: frames?.join('\n') };
}
