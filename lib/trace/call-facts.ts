import { MAX_LLM_NAME, MAX_LLM_TOOLS } from '../bridge/limits';
import { truncate } from './text';
import type { ToolRequest } from './tool-requests';

/** The known facts about a call to a language model. */
export interface CallFacts {
  provider?: string;
  /** The requested model. */
  model?: string;
  /** The model that answered, if the answer names it. */
  servedModel?: string;
  /** Everything that the model read: fresh, cached and written to a cache. */
  promptTokens?: number;
  /** Everything that the model wrote, reasoning included. */
  completionTokens?: number;
  /** The part of `promptTokens` that was read from a cache. */
  cachedTokens?: number;
  /** The part of `promptTokens` that was written to a cache. */
  cacheCreationTokens?: number;
  /** The part of `promptTokens` that tools of the provider gave to the model. */
  toolPromptTokens?: number;
  /** The part of `completionTokens` that is reasoning. */
  reasoningTokens?: number;
  /** Tokens of audio, heard and spoken. */
  audioTokens?: number;
  /** The cost in US dollars, if the provider reports it. */
  cost?: number;
  temperature?: number;
  inputPreview?: string;
  outputPreview?: string;
  purpose?: string;
  /** Why the model stopped, as the provider spells it. */
  finishReason?: string;
  responseId?: string;
  /** The time to the first chunk of a stream that has content, in milliseconds. */
  timeToFirstTokenMs?: number;
  /** The HTTP status of an error. */
  httpStatus?: number;
  /** The id that the provider gave to a request that failed. */
  requestId?: string;
  metadata?: Record<string, unknown>;
  /** The tools that the model requested. */
  toolCalls?: string[];
  /** The same with ids and arguments, which are not sent. */
  toolRequests?: ToolRequest[];
  /** The tools that the request offered. */
  toolNames?: string[];
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => Number.isFinite(value);
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

/** An unexpected answer from a provider must not make the platform refuse the trace. */
const CHECKS: Record<keyof CallFacts, (value: unknown) => boolean> = {
  provider: isText,
  model: isText,
  servedModel: isText,
  promptTokens: isNumber,
  completionTokens: isNumber,
  cachedTokens: isNumber,
  cacheCreationTokens: isNumber,
  toolPromptTokens: isNumber,
  reasoningTokens: isNumber,
  audioTokens: isNumber,
  cost: isNumber,
  temperature: isNumber,
  inputPreview: isText,
  outputPreview: isText,
  purpose: isText,
  finishReason: isText,
  responseId: isText,
  timeToFirstTokenMs: isNumber,
  httpStatus: isNumber,
  requestId: isText,
  metadata: (value) => JSON.stringify(value) !== undefined,
  toolCalls: isTexts,
  toolRequests: Array.isArray,
  toolNames: isTexts,
};

/** Texts that providers do not limit. */
const NAMES = new Set(['model', 'servedModel', 'finishReason', 'responseId', 'requestId']);

/**
 * Adds facts to the known facts. Metadata is merged by key; other facts replace earlier ones. Missing values and
 * values of the wrong type are ignored.
 *
 * @throws whatever reading `facts` throws
 */
export function mergeFacts(known: CallFacts, facts: CallFacts): void {
  for (const key of Object.keys(facts ?? {}) as (keyof CallFacts)[]) {
    const value = facts[key];
    if (value === undefined || value === null || !CHECKS[key]?.(value)) continue;
    if (key === 'metadata') known.metadata = { ...known.metadata, ...facts.metadata };
    else (known as Record<string, unknown>)[key] = limit(key, value);
  }
}

function limit(key: string, value: any): unknown {
  if (NAMES.has(key)) return truncate(value, MAX_LLM_NAME);
  if (!Array.isArray(value) || key === 'toolRequests') return value;
  return value.slice(0, MAX_LLM_TOOLS).map((name: string) => truncate(name, MAX_LLM_NAME));
}
