// What language models of the AI SDK tell, as facts. Their interface has several versions.
import type { CallFacts } from '../trace/call-facts';
import { finiteNumber, isObject, nonEmptyString } from './facts';
import { guard } from './guard';
import { offeredTools } from './offered-tools';
import { anthropicUsage, balance, firstCount, sumCounts, type UsageFacts } from './usage';

/** Providers that the AI SDK names otherwise than watched clients. */
const PROVIDERS: Record<string, string> = {
  'amazon-bedrock': 'bedrock',
  'azure-openai': 'azure',
  togetherai: 'together',
};

/** @param provider as a model names it, such as `openai.chat` */
export function providerName(provider: unknown): string | undefined {
  const name = nonEmptyString(provider)?.toLowerCase();
  if (name === undefined) return undefined;
  if (name.includes('vertex') && name.includes('anthropic')) return 'vertex';
  const [first] = name.split('.');
  return PROVIDERS[first] ?? first;
}

/** @param request the options of a call, or the event that tells of it */
export function requestFacts(
  model: { provider?: unknown; modelId?: unknown },
  request: any,
): CallFacts {
  return {
    provider: providerName(model.provider),
    model: nonEmptyString(model.modelId),
    temperature: finiteNumber(request?.temperature),
    toolNames: guard(() => offeredTools(request?.tools)),
  };
}

/**
 * Reads the usage of an answer. Since version 3 of the interface, the total of a part includes all of it. Before, each
 * provider counted as its API does.
 *
 * @param metadata the providers' own facts about the answer
 */
export function modelUsage(usage: any, metadata?: any): UsageFacts {
  if (!isObject(usage)) return {};
  const { inputTokens: read, outputTokens: written } = usage;
  const raw = metadata?.anthropic?.usage;
  if (isObject(raw) && finiteNumber((read as any)?.noCache) === undefined && !isDetailed(usage)) {
    return anthropicUsage(raw);
  }
  return isObject(read) || isObject(written)
    ? nestedUsage(read, written)
    : flatUsage(usage, metadata);
}

/** Whether the SDK itself has added up the parts. */
function isDetailed({ inputTokenDetails }: Record<string, any>): boolean {
  return finiteNumber(inputTokenDetails?.noCacheTokens) !== undefined;
}

function nestedUsage(read: any, written: any): UsageFacts {
  const cachedTokens = firstCount(read?.cacheRead);
  const cacheCreationTokens = firstCount(read?.cacheWrite);
  return {
    promptTokens:
      firstCount(read?.total) ?? sumCounts(read?.noCache, cachedTokens, cacheCreationTokens),
    completionTokens: firstCount(written?.total) ?? sumCounts(written?.text, written?.reasoning),
    cachedTokens,
    cacheCreationTokens,
    reasoningTokens: firstCount(written?.reasoning),
  };
}

function flatUsage(usage: Record<string, any>, metadata: any): UsageFacts {
  const { inputTokenDetails: read, outputTokenDetails: written } = usage;
  const bedrock = metadata?.bedrock?.usage;
  const cachedTokens = firstCount(read?.cacheReadTokens, usage.cachedInputTokens);
  const cacheCreationTokens = firstCount(read?.cacheWriteTokens, bedrock?.cacheWriteInputTokens);
  const input = firstCount(usage.inputTokens, usage.tokens);
  // Bedrock counts fresh and cached tokens apart.
  const isFresh = (cachedTokens ?? 0) > (input ?? 0) || (isObject(bedrock) && !isDetailed(usage));
  const known: UsageFacts = {
    promptTokens: isFresh ? sumCounts(input, cachedTokens, cacheCreationTokens) : input,
    completionTokens: firstCount(usage.outputTokens),
    cachedTokens,
    cacheCreationTokens,
    reasoningTokens: firstCount(written?.reasoningTokens, usage.reasoningTokens),
  };
  return balance(known, firstCount(usage.totalTokens));
}

/** @param reason a text, or the unified one and the provider's own */
export function finishReason(reason: any): string | undefined {
  return nonEmptyString(reason?.raw) ?? nonEmptyString(reason?.unified) ?? nonEmptyString(reason);
}
