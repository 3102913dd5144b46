import { arrayOf, isObject } from '../../watch/facts';
import {
  anthropicUsage,
  balance,
  firstCount,
  openaiUsage,
  sumCounts,
  type UsageFacts,
} from '../../watch/usage';

/** @returns the tokens of a call, of all answers that it asked for */
export function modelUsage(output: any): UsageFacts {
  const messages = arrayOf(arrayOf(output?.generations)[0]).map((each) => each?.message);
  const [message] = messages;
  const raw = output?.llmOutput?.usage ?? message?.response_metadata?.usage;
  // Older versions count only the fresh tokens of Anthropic.
  if (isObject(raw) && isAnthropic(raw)) return anthropicUsage(raw);
  const normalized = messages.find((each) => isObject(each?.usage_metadata))?.usage_metadata;
  if (isObject(raw)) {
    const usage = openaiUsage(raw);
    return normalized ? { ...usage, ...withoutGaps(normalizedUsage(normalized)) } : usage;
  }
  if (normalized) return normalizedUsage(normalized);
  const { tokenUsage } = output?.llmOutput ?? {};
  if (!isObject(tokenUsage)) return {};
  const { promptTokens, completionTokens, totalTokens } = tokenUsage;
  const known = {
    promptTokens: firstCount(promptTokens),
    completionTokens: firstCount(completionTokens),
  };
  return balance(known, firstCount(totalTokens));
}

function isAnthropic(usage: Record<string, any>): boolean {
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
  return sumCounts(read, written) !== undefined && usage.prompt_tokens === undefined;
}

/** @param usage `usage_metadata` of a message: the same members for every provider */
function normalizedUsage(usage: Record<string, any>): UsageFacts {
  const { input_token_details: read, output_token_details: written } = usage;
  const cachedTokens = firstCount(read?.cache_read);
  const cacheCreationTokens = firstCount(read?.cache_creation);
  const cache = sumCounts(cachedTokens, cacheCreationTokens) ?? 0;
  const input = firstCount(usage.input_tokens);
  const known = {
    // A count below what came from the cache is that of the fresh tokens.
    promptTokens: input !== undefined && input < cache ? input + cache : input,
    completionTokens: firstCount(usage.output_tokens),
    cachedTokens,
    cacheCreationTokens,
    reasoningTokens: firstCount(written?.reasoning),
    audioTokens: sumCounts(read?.audio, written?.audio),
  };
  return balance(known, firstCount(usage.total_tokens));
}

function withoutGaps(usage: UsageFacts): UsageFacts {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined));
}
