import { nonEmptyString } from '../../watch/facts';
import { type Attributes, type ReadableSpan, STATUS_ERROR, STATUS_OK } from './api';
import { EXCEPTION_EVENTS, FIELDS } from './conventions';
import { findText } from './find';

/** An error, as `toErrorDetail` reads it. */
export interface Failure {
  errorType: string;
  message: string;
  stackTrace?: string;
}

/**
 * The failure of a span: its status is an error, or an exception was recorded and its status is not `OK`, because many
 * programs only record the exception.
 */
export function failureOf(span: ReadableSpan, attributes: Attributes): Failure | undefined {
  const { code, message } = span.status;
  const exceptions = span.events.filter(({ name }) => EXCEPTION_EVENTS.includes(name));
  const thrown = exceptions.at(-1)?.attributes ?? {};
  const isFailed = code === STATUS_ERROR || (exceptions.length > 0 && code !== STATUS_OK);
  if (!isFailed) return undefined;
  const type = nonEmptyString(thrown['exception.type']) ?? findText(attributes, FIELDS.errorType);
  return {
    errorType: type ?? 'Error',
    message:
      nonEmptyString(thrown['exception.message']) ?? nonEmptyString(message) ?? type ?? 'failed',
    stackTrace: nonEmptyString(thrown['exception.stacktrace']),
  };
}
