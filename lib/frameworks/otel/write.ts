import type { ErrorDetail } from '../../../index';
import type { CallFacts } from '../../trace/call-facts';
import { CallRecord } from '../../trace/call-record';
import { toErrorDetail } from '../../trace/error-detail';
import { endAfter, failStep, note, StepContext, show } from '../../trace/step';
import type { Kind } from './conventions';
import type { Entry } from './entry';
import type { Failure } from './failure';
import type { Reading } from './reading';

/** The record of a span that is a call of a model. */
export function toCall(
  { parent, scope, captureContent, started }: Entry,
  { facts, failure, request, durationMs, input, output }: Reading,
  action: CallRecord['action'],
): CallRecord {
  const record = new CallRecord(scope, captureContent ? undefined : { request });
  record.started = BigInt(Math.round(started * 1e6));
  record.parentStep = parent ?? undefined;
  record.action = action;
  record.update({ ...facts, inputPreview: input, outputPreview: output } as CallFacts);
  // The instrumentation has decided what it tells; it must only not be the request.
  if (failure) record.fail(failure, { sent: false });
  record.end();
  record.lasted(durationMs);
  return record;
}

/** The step of any other span. */
export function toStepOf(
  { number, parent, scope }: Entry,
  reading: Reading,
  kind: Kind,
  failure: Failure | ErrorDetail | undefined,
): StepContext {
  const { name, spanName, input, output, durationMs, toolCallId, request } = reading;
  const step = new StepContext(number, kind, name ?? spanName, scope.settings);
  if (parent !== null) note(step, { parent_step: parent });
  if (kind === 'tool_call') {
    const tool = name ?? spanName;
    const asked = scope.answerRequest(tool, [{ toolCallId }, request]);
    note(step, { tool_call_id: toolCallId, ...asked });
    const error = failure && toErrorDetail(failure);
    const toolCall = {
      toolName: tool,
      durationMs,
      inputSummary: input,
      outputSummary: output,
      error,
    };
    show(step, { toolCall });
  } else {
    show(step, { inputPreview: input, outputPreview: output });
    if (failure) failStep(step, failure);
  }
  endAfter(step, durationMs);
  return step;
}
