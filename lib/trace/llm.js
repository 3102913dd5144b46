'use strict';

const { tellError } = require('./redact');

/** Code points of a preview that are kept, and of an error's message: there may be many of them. */
const MAX_PREVIEW = 500;
const MAX_MESSAGE = 1000;

/** Names that nobody gave. */
const UNKNOWN = 'unknown';
const MULTIPLE = 'multiple';

/**
 * @param {InstanceType<typeof import('./context').CallRecord>} call
 * @returns {import('../../index').LlmCall}
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
 * @param {import('./redact').Tell} tell
 * @returns {import('../../index').ExecutionStep}
 */
function toStep(call, stepNumber, tell) {
  const llmCall = toLlmCall(call);
  const { inputPreview, outputPreview, metadata, toolCalls } = call.facts;
  const details = { ...metadata, ...(toolCalls?.length && { toolCalls }) };
  return {
    stepNumber,
    action: 'llm_call',
    description: `${llmCall.provider}/${llmCall.model}`,
    inputPreview: tell(inputPreview, 'llmInput', MAX_PREVIEW),
    outputPreview: tell(outputPreview, 'llmOutput', MAX_PREVIEW),
    error: call.error && tellError(call.error, tell, MAX_MESSAGE),
    llmCall,
    metadata: Object.keys(details).length > 0 ? details : undefined,
  };
}

/**
 * @param {InstanceType<typeof import('./context').CallRecord>[]} records at least one
 * @returns {import('../../index').LlmUsage}
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
