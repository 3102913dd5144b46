import type { ExecutionStep, LlmCall, LlmUsage } from '../../index';
import { MAX_LLM_ERROR_MESSAGE, MAX_LLM_PREVIEW } from '../bridge/limits';
import type { CallRecord } from './call-record';
import { type Sanitizer, sanitizeError } from './sanitize';

/** The model or provider of a call that does not name it. */
const UNKNOWN = 'unknown';
/** The model and provider for several calls that differ. */
const MULTIPLE = 'multiple';

function toLlmCall({ facts, latencyNs }: CallRecord): LlmCall & { provider: string } {
  return {
    model: facts.model ?? UNKNOWN,
    provider: facts.provider ?? UNKNOWN,
    promptTokens: facts.promptTokens,
    completionTokens: facts.completionTokens,
    latencyMs: latencyNs === undefined ? undefined : Math.round(Number(latencyNs) / 1e6),
    temperature: facts.temperature,
    purpose: facts.purpose,
  };
}

export function toLlmStep(
  call: CallRecord,
  stepNumber: number,
  sanitize: Sanitizer,
): ExecutionStep {
  const llmCall = toLlmCall(call);
  const { inputPreview, outputPreview, metadata, toolCalls } = call.facts;
  const { parentStep } = call;
  const details = {
    ...metadata,
    ...(toolCalls?.length && { toolCalls }),
    ...(parentStep !== undefined && { parent_step: parentStep }),
  };
  return {
    stepNumber,
    action: 'llm_call',
    description: `${llmCall.provider}/${llmCall.model}`,
    inputPreview: sanitize(inputPreview, 'llmInput', MAX_LLM_PREVIEW),
    outputPreview: sanitize(outputPreview, 'llmOutput', MAX_LLM_PREVIEW),
    error: call.error && sanitizeError(call.error, sanitize, MAX_LLM_ERROR_MESSAGE),
    llmCall,
    metadata: Object.keys(details).length > 0 ? details : undefined,
  };
}

/** @param records must not be empty */
export function toLlmUsage(records: CallRecord[]): LlmUsage {
  const calls = records.map(toLlmCall);
  const sum = (field: 'promptTokens' | 'completionTokens' | 'latencyMs') => {
    const known = calls.map((call) => call[field]).filter((value) => typeof value === 'number');
    return known.length > 0 ? known.reduce((total, value) => total + value, 0) : undefined;
  };
  const promptTokens = sum('promptTokens');
  const completionTokens = sum('completionTokens');
  const counted = promptTokens !== undefined || completionTokens !== undefined;
  return {
    model: calls.length > 1 ? MULTIPLE : calls[0].model,
    provider: calls.length > 1 ? MULTIPLE : calls[0].provider,
    promptTokens,
    completionTokens,
    totalTokens: counted ? (promptTokens ?? 0) + (completionTokens ?? 0) : undefined,
    apiCallsCount: calls.length,
    totalLatencyMs: sum('latencyMs'),
    calls,
  };
}
