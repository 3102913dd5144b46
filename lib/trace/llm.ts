import type { ExecutionStep, LlmCall, LlmUsage } from '../../index';
import { MAX_LLM_ERROR_MESSAGE, MAX_LLM_PREVIEW } from '../bridge/limits';

import type { CallRecord } from './call-record';
import { costOf, type Prices, roundCost } from './prices';
import { type Sanitizer, sanitizeError } from './sanitize';

/** The model or provider of a call that does not name it. */
const UNKNOWN = 'unknown';
/** The model and provider for several calls that differ. */
const MULTIPLE = 'multiple';

function toLlmCall({ facts, latencyNs }: CallRecord): LlmCall & { provider: string } {
  return {
    model: facts.servedModel ?? facts.model ?? UNKNOWN,
    provider: facts.provider ?? UNKNOWN,
    promptTokens: facts.promptTokens,
    completionTokens: facts.completionTokens,
    latencyMs: latencyNs === undefined ? undefined : Math.round(Number(latencyNs) / 1e6),
    temperature: facts.temperature,
    purpose: facts.purpose,
  };
}

/**
 * The metadata of a step, if there is any. Its keys are those of the wire, because metadata is sent as it is.
 *
 * @param prices the user's, if there are any
 */
function toMetadata(
  { facts, parentStep }: CallRecord,
  prices?: Prices | null,
): Record<string, unknown> | undefined {
  const { toolCalls, toolNames, timeToFirstTokenMs } = facts;
  const metadata: Record<string, unknown> = { ...facts.metadata };
  const add = (key: string, value: unknown) => {
    if (value !== undefined) metadata[key] = value;
  };
  add('finish_reason', facts.finishReason);
  add('tool_calls', toolCalls?.length ? toolCalls : undefined);
  add('tool_names', toolNames?.length ? toolNames : undefined);
  add('cached_tokens', facts.cachedTokens);
  add('cache_creation_tokens', facts.cacheCreationTokens);
  add('tool_prompt_tokens', facts.toolPromptTokens);
  add('reasoning_tokens', facts.reasoningTokens);
  add('audio_tokens', facts.audioTokens);
  add('cost_usd', costOf(prices, facts));
  add('time_to_first_token_ms', timeToFirstTokenMs && Math.round(timeToFirstTokenMs));
  add('response_id', facts.responseId);
  add('http_status', facts.httpStatus);
  add('request_id', facts.requestId);
  add('parent_step', parentStep);
  return Object.keys(metadata).length > 0 ? metadata : undefined;
}

/** @param prices the user's, if there are any */
export function toLlmStep(
  call: CallRecord,
  stepNumber: number,
  sanitize: Sanitizer,
  prices?: Prices | null,
): ExecutionStep {
  const llmCall = toLlmCall(call);
  const { inputPreview, outputPreview } = call.facts;
  return {
    stepNumber,
    action: call.action,
    description: `${llmCall.provider}/${llmCall.model}`,
    inputPreview: sanitize(inputPreview, 'llmInput', MAX_LLM_PREVIEW),
    outputPreview: sanitize(outputPreview, 'llmOutput', MAX_LLM_PREVIEW),
    error: call.error && sanitizeError(call.error, sanitize, MAX_LLM_ERROR_MESSAGE),
    llmCall,
    metadata: toMetadata(call, prices),
  };
}

/**
 * @param records must not be empty
 * @param prices the user's, if there are any
 * @param reported the cost of the runs that report one for all their calls
 */
export function toLlmUsage(
  records: CallRecord[],
  prices?: Prices | null,
  reported?: number,
): LlmUsage {
  const calls = records.map(toLlmCall);
  const promptTokens = sum(calls.map((call) => call.promptTokens));
  const completionTokens = sum(calls.map((call) => call.completionTokens));
  const own = records.filter(({ isPaidByRun }) => !isPaidByRun);
  const cost = sum([reported, ...own.map(({ facts }) => costOf(prices, facts))]);
  const counted = promptTokens !== undefined || completionTokens !== undefined;
  return {
    model: calls.length > 1 ? MULTIPLE : calls[0].model,
    provider: calls.length > 1 ? MULTIPLE : calls[0].provider,
    promptTokens,
    completionTokens,
    totalTokens: counted ? (promptTokens ?? 0) + (completionTokens ?? 0) : undefined,
    estimatedCostUsd: cost === undefined ? undefined : roundCost(cost),
    apiCallsCount: calls.length,
    totalLatencyMs: sum(calls.map((call) => call.latencyMs)),
    calls,
  };
}

/** @returns undefined if no value is known */
function sum(values: (number | null | undefined)[]): number | undefined {
  const known = values.filter((value) => typeof value === 'number');
  return known.length > 0 ? known.reduce((total, value) => total + value, 0) : undefined;
}
