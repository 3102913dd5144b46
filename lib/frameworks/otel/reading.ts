import { monotonic } from '../../bridge/time';
import type { CallFacts } from '../../trace/call-facts';
import { type Attributes, type ReadableSpan, scopeOf, toMilliseconds } from './api';
import {
  FIELDS,
  FIRST_CHUNK_EVENTS,
  type Kind,
  NAMES,
  PROVIDERS,
  SAME_PROVIDERS,
} from './conventions';
import { type Failure, failureOf } from './failure';
import { findNumber, findText } from './find';
import { isCall, kindOf } from './kind';
import { attributesOf, contentOf, systemOf, toolRequestsOf } from './messages';
import { showInput, showOutput } from './show';
import { readUsage } from './usage';

/** What is kept of a span that is over. */
export interface Reading {
  kind: Kind | undefined;
  /** The name of the agent, tool, or whatever it is about. */
  name: string | undefined;
  spanName: string;
  /** In milliseconds since 1970. */
  endedAt: number;
  durationMs: number;
  failure: Failure | undefined;
  /** Of a call of a model; also of an agent that tells tokens, for the case that none of its calls does. */
  facts: CallFacts | undefined;
  /** What went in, as it is: the error of a call must not repeat it, and it tells what a tool answers. */
  request: unknown;
  /** Only if content is recorded. */
  input: string | undefined;
  output: string | undefined;
  toolCallId: string | undefined;
  session: string | undefined;
  user: string | undefined;
}

/**
 * Reads a span.
 *
 * @param endedAt for one that has not ended, in milliseconds since 1970
 */
export function readSpan(
  span: ReadableSpan,
  captureContent: boolean,
  endedAt = toMilliseconds(span.endTime),
): Reading {
  const attributes = attributesOf(span);
  const kind = kindOf(attributes);
  const started = toMilliseconds(span.startTime);
  const reading: Reading = {
    kind,
    name: kind && findText(attributes, NAMES[kind]),
    spanName: span.name,
    endedAt,
    durationMs: Math.max(0, endedAt - started),
    failure: failureOf(span, attributes),
    facts: isCall(kind) || kind === 'agent' ? factsOf(span, attributes, started) : undefined,
    request: undefined,
    input: undefined,
    output: undefined,
    toolCallId: kind === 'tool_call' ? findText(attributes, FIELDS.toolCallId) : undefined,
    session: findText(attributes, FIELDS.session),
    user: findText(attributes, FIELDS.user),
  };
  if (!kind) return reading;
  if (reading.failure || (kind === 'tool_call' && !reading.toolCallId)) {
    reading.request = contentOf(span, attributes, 'input');
  }
  if (captureContent) {
    reading.input = showInput(kind, contentOf(span, attributes, 'input'), systemOf(attributes));
    reading.output = showOutput(kind, contentOf(span, attributes, 'output'));
  }
  return reading;
}

function factsOf(span: ReadableSpan, attributes: Attributes, started: number): CallFacts {
  const requests = toolRequestsOf(span, attributes);
  return {
    provider: providerOf(findText(attributes, FIELDS.provider)),
    model: findText(attributes, FIELDS.model),
    servedModel: findText(attributes, FIELDS.servedModel),
    ...readUsage(attributes, scopeOf(span)),
    temperature: findNumber(attributes, FIELDS.temperature),
    finishReason: findText(attributes, FIELDS.finishReason),
    responseId: findText(attributes, FIELDS.responseId),
    timeToFirstTokenMs: firstTokenOf(span, attributes, started),
    toolRequests: requests.length > 0 ? requests : undefined,
    toolCalls: requests.length > 0 ? requests.map(({ name }) => name) : undefined,
  };
}

function firstTokenOf(span: ReadableSpan, attributes: Attributes, started: number) {
  const seconds = findNumber(attributes, FIELDS.firstChunkSeconds);
  if (seconds !== undefined) return seconds * 1e3;
  const event = span.events.find(({ name }) => FIRST_CHUNK_EVENTS.includes(name));
  return (
    findNumber(attributes, FIELDS.firstChunkMs) ??
    (event && Math.max(0, toMilliseconds(event.time) - started))
  );
}

/** The provider as this package names it. Versions of an API follow a dot: `openai.responses`. */
export function providerOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const lower = name.toLowerCase();
  const found = PROVIDERS.find(([beginning]) => beginning.test(lower))?.[1];
  return found ?? SAME_PROVIDERS.exec(lower)?.[0] ?? lower.split('.')[0];
}

/**
 * When a span has begun, in milliseconds of the monotonic clock: now, unless it says that it was much earlier, as spans
 * of what has been observed from outside do.
 */
export function startOf(span: ReadableSpan): number {
  const lag = Date.now() - toMilliseconds(span.startTime);
  return monotonic() - (lag > TOLERANCE_MS ? lag : 0);
}

/** Two clocks differ by a few milliseconds. */
const TOLERANCE_MS = 10;
