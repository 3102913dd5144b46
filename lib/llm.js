'use strict';

/** Names that nobody gave. */
const UNKNOWN = 'unknown';
const MULTIPLE = 'multiple';

/**
 * @param {InstanceType<typeof import('./context').CallRecord>} call
 * @returns {import('../index').LlmCall}
 */
function toLlmCall({ facts, latencyNs }) {
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

/**
 * @param {InstanceType<typeof import('./context').CallRecord>} call
 * @param {number} stepNumber
 * @param {(text: string | undefined, where: string) => string | undefined} redact
 * @returns {import('../index').ExecutionStep}
 */
function toStep(call, stepNumber, redact) {
  const llmCall = toLlmCall(call);
  const { inputPreview, outputPreview, metadata, toolCalls } = call.facts;
  const error = call.error && {
    ...call.error,
    message: redact(call.error.message, 'error') ?? '',
    stackTrace: redact(call.error.stackTrace ?? undefined, 'error'),
  };
  const details = { ...metadata, ...(toolCalls?.length && { toolCalls }) };
  return {
    stepNumber,
    action: 'llm_call',
    description: `${llmCall.provider}/${llmCall.model}`,
    durationMs: llmCall.latencyMs,
    inputPreview: redact(inputPreview, 'llmInput'),
    outputPreview: redact(outputPreview, 'llmOutput'),
    error,
    llmCall,
    metadata: Object.keys(details).length > 0 ? details : undefined,
  };
}

/**
 * @param {InstanceType<typeof import('./context').CallRecord>[]} records at least one
 * @returns {import('../index').LlmUsage}
 */
function toUsage(records) {
  const calls = records.map(toLlmCall);
  const sum = (/** @type {'promptTokens' | 'completionTokens' | 'latencyMs'} */ field) => {
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

module.exports = { toStep, toUsage };
