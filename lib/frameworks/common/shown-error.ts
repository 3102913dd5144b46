import type { ErrorDetail } from '../../../index';
import { REDACTION_HEADROOM } from '../../bridge/limits';
import { CallRecord } from '../../trace/call-record';
import type { TraceScope } from '../../trace/context';
import { withoutContent } from '../../trace/error-content';
import { toErrorDetail } from '../../trace/error-detail';
import { Secret } from './secret';

/** Requests usually repeat what came before, so the last ones are enough. */
const MAX_REMEMBERED = 20;

/** Errors of those who read answers, whose messages repeat what they cannot read. */
const OF_READERS = /^(SyntaxError|\w*Pars\w*(Error|Exception))$/;

/** Remembers content that errors of a trace must not repeat: a request, or an answer; or an object that has it. */
export function remember(scope: TraceScope, content: unknown): void {
  if (content === undefined || scope.settled) return;
  scope.secrets ??= [];
  scope.secrets.push(content);
  if (scope.secrets.length > MAX_REMEMBERED) scope.secrets.shift();
}

/**
 * Returns the error of a step or trace that must not show content: the error of a model call, or of what cannot read an
 * answer, is also that of what surrounds the call.
 *
 * @param given what went in
 */
export function shownError(scope: TraceScope, error: unknown, given: unknown): ErrorDetail {
  const asked = scope.steps.flatMap((step) =>
    step instanceof CallRecord ? (step.facts.toolRequests ?? []).map(({ args }) => args) : [],
  );
  const request = [given, ...asked, ...(scope.secrets ?? []).map(contentOf)];
  const detail = toErrorDetail(error, REDACTION_HEADROOM);
  const sent = OF_READERS.test(String(detail.errorType));
  return withoutContent(detail, error, { request, sent });
}

/** What is remembered may be the secret of a call, which says its request when it is asked. */
function contentOf(secret: unknown): unknown {
  return secret instanceof Secret ? secret.request : secret;
}
