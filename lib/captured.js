'use strict';

/** @typedef {import('./llm-call').SeenCall} SeenCall */
/** @typedef {import('../index').ExecutionStep} ExecutionStep */
/** @typedef {import('../index').LlmCall} LlmCall */
/** @typedef {import('../index').LlmUsage} LlmUsage */

/** What a call is said to be of if it is not known, and what several are. */
const UNKNOWN = 'unknown';
const MULTIPLE = 'multiple';

/**
 * @param {SeenCall} call
 * @param {number} stepNumber
 * @returns {ExecutionStep}
 */
function toStep(call, stepNumber) {
  const { provider = UNKNOWN, model = UNKNOWN, inputPreview, outputPreview, error } = call;
  return drop({
    stepNumber,
    action: 'llm_call',
    description: `${provider}/${model}`,
    inputPreview,
    outputPreview,
    error,
    llmCall: toLlmCall(call),
    metadata: toMetadata(call),
  });
}

/**
 * @param {SeenCall} call
 * @returns {LlmCall}
 */
function toLlmCall({
  provider,
  model,
  promptTokens,
  completionTokens,
  temperature,
  purpose,
  latencyMs,
}) {
  return drop({
    model: model ?? UNKNOWN,
    provider,
    promptTokens,
    completionTokens,
    latencyMs,
    temperature,
    purpose,
  });
}

/** @param {SeenCall} call */
function toMetadata({ metadata, toolCalls }) {
  const all = toolCalls?.length ? { ...metadata, toolCalls } : { ...metadata };
  return Object.keys(all).length > 0 ? all : undefined;
}

/**
 * @param {SeenCall[]} calls
 * @param {number} unseen calls beyond those, of which nothing is known
 * @returns {LlmUsage | undefined}
 */
function toUsage(calls, unseen) {
  if (calls.length === 0) return undefined;
  const isOne = calls.length + unseen === 1;
  const promptTokens = sum(calls.map((call) => call.promptTokens));
  const completionTokens = sum(calls.map((call) => call.completionTokens));
  return drop({
    model: isOne ? (calls[0].model ?? UNKNOWN) : MULTIPLE,
    provider: isOne ? calls[0].provider : MULTIPLE,
    promptTokens,
    completionTokens,
    totalTokens: sum([promptTokens, completionTokens]),
    apiCallsCount: calls.length + unseen,
    totalLatencyMs: sum(calls.map((call) => call.latencyMs)),
    calls: calls.map(toLlmCall),
  });
}

/**
 * @param {Array<number | undefined>} numbers
 * @returns {number | undefined} undefined if none is known
 */
function sum(numbers) {
  const known = numbers.filter((number) => number !== undefined);
  return known.length > 0 ? known.reduce((total, number) => total + number, 0) : undefined;
}

/**
 * @param {import('./context').FetchedPrompt[]} prompts
 * @returns {import('../index').PromptStudio | undefined}
 */
function toPromptStudio(prompts) {
  if (prompts.length === 0) return undefined;
  const toUse = (/** @type {import('./context').FetchedPrompt} */ prompt) => {
    const { promptId, promptName, version, variablesUsed, fetchedAt } = prompt;
    return { promptId, promptName, version, source: 'prompt_studio', variablesUsed, fetchedAt };
  };
  return { promptsUsed: prompts.map(toUse) };
}

/**
 * @template {object} T
 * @param {T} object
 * @returns {T} without members that are undefined
 */
function drop(object) {
  const known = Object.entries(object).filter(([, value]) => value !== undefined);
  return /** @type {T} */ (Object.fromEntries(known));
}

module.exports = { drop, toPromptStudio, toStep, toUsage };
