import type { ErrorDetail } from '../../../index';
import { toErrorDetail } from '../../trace/error-detail';
import { read } from '../../trace/read';
import type { Content } from '../common';

/** Errors whose messages repeat what a model has written. */
const REPEATS = /^AI_(JSONParse|TypeValidation|InvalidToolInput|InvalidResponseData)Error$/;

/**
 * The error of a run, as it is recorded. The SDK wraps what models have thrown, and its own errors have the answer that
 * they complain about as their cause.
 *
 * @param failure the error of the last call of a model, without content
 */
export function errorOfRun(
  error: unknown,
  failure: ErrorDetail | undefined,
  { input, output }: Content,
): unknown {
  if (error === undefined) return failure;
  if (input && output) return error;
  const { errorType, errorCode, stackTrace } = toErrorDetail(error);
  if (failure) return { ...failure, errorType };
  if (REPEATS.test(errorType)) return { errorType, errorCode, message: errorType };
  return { errorType, errorCode, message: read(error, 'message') ?? errorType, stackTrace };
}

/** The error of a stream that was aborted without a reason. */
export const ABORTED = { errorType: 'AbortError', message: 'The stream was aborted.' };
