import type { ErrorDetail } from '../../index';
import { MAX_TOOL_OUTPUT, REDACTION_HEADROOM } from '../bridge/limits';
import { current, run, type TraceScope } from '../trace/context';
import { withoutContent } from '../trace/error-content';
import { toErrorDetail } from '../trace/error-detail';
import { observe } from '../trace/observe';
import { read } from '../trace/read';
import { RunningStep, type StepSettings } from '../trace/running-step';
import { truncate } from '../trace/text';
import { newSpan, parseTraceparent, toTraceparent } from '../trace/trace-parent';
import { contentText } from './content-text';
import { isObject, nonEmptyString } from './facts';
import { guard } from './guard';
import { replaceMethod } from './patch';
import type { WatchSettings } from './provider';

/** More than is sent, because the text may be redacted first. */
const MAX_OUTPUT = REDACTION_HEADROOM * MAX_TOOL_OUTPUT;
const MAX_NAME = 200;

/** A method of the client that is a step. */
interface Method {
  name: string;
  step(params: any, settings: WatchSettings): Pick<StepSettings, 'action' | 'tool' | 'description'>;
  /** @returns what is given to the server */
  input(params: any): unknown;
  /** @returns the content of a result */
  output(result: any): unknown;
}

const METHODS: readonly Method[] = [
  {
    name: 'callTool',
    step: ({ name }) => ({ action: 'tool_call', tool: nameOf(name), description: nameOf(name) }),
    input: (params) => params.arguments,
    output: (result) => result?.structuredContent ?? textOf(result?.content),
  },
  {
    name: 'readResource',
    step: ({ uri }, { captureContent }) => ({
      action: 'retrieval',
      tool: undefined,
      // An address may contain what the resource is about.
      description: captureContent ? nameOf(uri) : 'readResource',
    }),
    input: (params) => params.uri,
    output: (result) => textOf(result?.contents),
  },
  {
    name: 'getPrompt',
    step: ({ name }) => ({ action: 'get_prompt', tool: undefined, description: nameOf(name) }),
    input: (params) => params.arguments,
    output: (result) => textOf(result?.messages),
  },
];

/** A client of the Model Context Protocol, of either version of its package. Other methods are no steps. */
export function patchClient(client: any, settings: WatchSettings): void {
  for (const method of METHODS) {
    const replaced = replaceMethod(client, method.name, (call, values) => {
      const running = current();
      const root = running ? undefined : guard(() => settings.root?.());
      const scope = running ?? root?.frame.scope;
      const started = scope && guard(() => start(scope, client, method, values[0], settings));
      if (!started) return call();
      const { step, params } = started;
      const end = (error?: ErrorDetail) => {
        root?.end([method.name, nonEmptyString(values[0].name)].join(' ').trim(), error);
      };
      const outcome = {
        succeed(result: any) {
          guard(() => end(succeed(step, result, method, settings)));
          return result;
        },
        fail: (error: unknown) =>
          void guard(() => end(fail(step, error, method.input(params), settings))),
      };
      let result: unknown;
      try {
        result = run(step.frame, () => call([params, ...values.slice(1)]));
      } catch (error) {
        outcome.fail(error);
        throw error;
      }
      return observe(result, outcome);
    });
    if (!replaced) settings.missed?.(method.name);
  }
}

/** @returns the step, and the parameters with which the server can join the trace */
function start(
  scope: TraceScope,
  client: any,
  method: Method,
  given: any,
  settings: WatchSettings,
): { step: RunningStep; params: any } {
  const { captureContent } = settings;
  const { params, ids } = joinable(scope, given);
  const step = new RunningStep(
    scope,
    {
      ...method.step(given, settings),
      captureInput: captureContent,
      captureOutput: captureContent,
      metadata: { ...ids, ...serverFacts(client) },
    },
    [method.input(given)],
  );
  return { step, params };
}

/** Adds `traceparent` to a copy of the parameters, unless the caller has given one. */
function joinable(scope: TraceScope, given: any): { params: any; ids: Record<string, unknown> } {
  const own = given._meta?.traceparent;
  const parent = own === undefined ? newSpan(scope) : parseTraceparent(own);
  const ids = parent ? { trace_id: parent.traceId, span_id: parent.spanId } : {};
  if (own !== undefined || !parent) return { params: given, ids };
  const _meta = { ...given._meta, traceparent: toTraceparent(parent) };
  return { params: { ...given, _meta }, ids };
}

/** @returns what is known of the server, without what is not known */
function serverFacts(client: any): Record<string, unknown> {
  const { name, version } = guard(() => client.getServerVersion()) ?? {};
  const facts = {
    mcp_server_name: nonEmptyString(name),
    mcp_server_version: nonEmptyString(version),
    mcp_session_id: nonEmptyString(guard(() => client.transport.sessionId)),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** @returns the error that the result is, if it is one */
function succeed(
  step: RunningStep,
  result: any,
  method: Method,
  settings: WatchSettings,
): ErrorDetail | undefined {
  if (result?.isError !== true) {
    step.succeed(settings.captureContent ? method.output(result) : undefined);
    return undefined;
  }
  // The text is what the tool says to the model.
  const text = settings.captureContent && textOf(result.content);
  const error = { errorType: 'ToolError', message: text || 'the tool reports an error' };
  step.fail(error);
  return error;
}

/** Without content, the message of an error is shown only if it does not repeat what was given to the server. */
function fail(
  step: RunningStep,
  error: unknown,
  request: unknown,
  settings: WatchSettings,
): ErrorDetail {
  const detail = toErrorDetail(error, REDACTION_HEADROOM);
  const shown = settings.captureContent
    ? detail
    : withoutContent(detail, error, { request, sent: false });
  step.fail({ ...shown, status: read(error, 'status') });
  return shown;
}

function textOf(content: unknown): string | undefined {
  return isObject(content) ? contentText(content, MAX_OUTPUT) : undefined;
}

/** A wrong name, which the server refuses, must not make the platform refuse the trace. */
function nameOf(name: unknown): string {
  return truncate(nonEmptyString(name) ?? 'unknown', MAX_NAME);
}
