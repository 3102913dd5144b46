import { isPromise } from 'node:util/types';
import type { ErrorDetail, ExecutionStep, RedactWhere, TraceOptions } from '../../index';
import {
  MAX_ERROR_MESSAGE,
  MAX_ERROR_STACK,
  MAX_STEP_INPUT,
  MAX_STEP_OUTPUT,
  MAX_TOOL_INPUT,
  MAX_TOOL_OUTPUT,
  REDACTION_HEADROOM,
} from '../bridge/limits';
import { truncate } from './text';

/** Replaces a text that could not be redacted. */
const FAILED = '[redaction failed]';

/** Redacts a text if the user wants this, then cuts it to `max` code points. It never throws. */
export type Sanitizer = <T extends string | null | undefined>(
  text: T,
  where: RedactWhere,
  max: number,
) => T;

/** @returns the multiple of its limit at which a text is kept until it is sanitized */
export function headroomFor(redact: TraceOptions['redact']): number {
  return redact ? REDACTION_HEADROOM : 1;
}

/** @param redact the user's function, if there is one */
export function createSanitizer(redact: TraceOptions['redact']): Sanitizer {
  return ((text: string | null | undefined, where: RedactWhere, max: number) => {
    if (text === undefined || text === null) return text;
    if (!redact) return truncate(text, max);
    let redacted: unknown;
    try {
      redacted = redact(text, where);
      // A promise is not a text. Its rejection must not be unhandled.
      if (isPromise(redacted)) redacted.then(undefined, () => {});
    } catch {
      redacted = undefined;
    }
    return typeof redacted === 'string' ? truncate(redacted, max) : FAILED;
  }) as Sanitizer;
}

/** @param maxMessage code points of the message. Default `MAX_ERROR_MESSAGE`. */
export function sanitizeError(
  error: ErrorDetail,
  sanitize: Sanitizer,
  maxMessage = MAX_ERROR_MESSAGE,
): ErrorDetail {
  const message = sanitize(error.message, 'error', maxMessage);
  return { ...error, message, stackTrace: sanitize(error.stackTrace, 'error', MAX_ERROR_STACK) };
}

/** Redacts the texts of a step of the user's own. */
export function sanitizeStep(step: ExecutionStep, sanitize: Sanitizer): ExecutionStep {
  const { toolCall } = step;
  return {
    ...step,
    inputPreview: sanitize(step.inputPreview, 'input', MAX_STEP_INPUT),
    outputPreview: sanitize(step.outputPreview, 'output', MAX_STEP_OUTPUT),
    error: step.error && sanitizeError(step.error, sanitize),
    toolCall: toolCall && {
      ...toolCall,
      inputSummary: sanitize(toolCall.inputSummary, 'input', MAX_TOOL_INPUT),
      outputSummary: sanitize(toolCall.outputSummary, 'output', MAX_TOOL_OUTPUT),
      error: toolCall.error && sanitizeError(toolCall.error, sanitize),
    },
  };
}
