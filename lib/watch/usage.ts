// What providers call usage, as facts. Each provider counts differently; here the prompt is everything that the model
// read, and the completion everything that it wrote, so that the two add up to the provider's total.
import type { CallFacts } from '../trace/call-facts';
import { arrayOf, finiteNumber, isObject } from './facts';

/** The facts about the tokens of a call, and what they cost. */
export type UsageFacts = Pick<
  CallFacts,
  | 'promptTokens'
  | 'completionTokens'
  | 'cachedTokens'
  | 'cacheCreationTokens'
  | 'toolPromptTokens'
  | 'reasoningTokens'
  | 'audioTokens'
  | 'cost'
>;

/** @returns the first value that is a count: the platform would refuse a trace with half a token */
export function firstCount(...values: unknown[]): number | undefined {
  return values.find((value): value is number => Number.isSafeInteger(value) && Number(value) >= 0);
}

/**
 * Adds what a later part of a stream counts. Nulls, zeros and what is no count do not replace what is known: some servers
 * end with them.
 */
export function mergeUsage(known: Record<string, unknown>, later: unknown): void {
  if (!isObject(later)) return;
  for (const [key, value] of Object.entries(later)) {
    const isCount = typeof value === 'object' ? value !== null : firstCount(value);
    if (isCount || known[key] === undefined) known[key] = value;
  }
}

function firstAmount(...values: unknown[]): number | undefined {
  return values.map(finiteNumber).find((value) => value !== undefined && value >= 0);
}

/** @returns the sum of the counts among the values; undefined if none of them is a count */
export function sumCounts(...values: unknown[]): number | undefined {
  const counts = values.map((value) => firstCount(value)).filter((count) => count !== undefined);
  return counts.length > 0 ? counts.reduce((total, count) => total + count, 0) : undefined;
}

/** Adds what a provider counts in its total only. */
export function balance(usage: UsageFacts, total: number | undefined): UsageFacts {
  const { promptTokens, completionTokens } = usage;
  if (total === undefined || (promptTokens === undefined && completionTokens === undefined)) {
    return usage;
  }
  const missing = total - (promptTokens ?? 0) - (completionTokens ?? 0);
  if (missing <= 0) return usage;
  const cache = (usage.cachedTokens ?? 0) + (usage.cacheCreationTokens ?? 0);
  const isPrompt =
    promptTokens === undefined || (missing === cache && missing !== usage.reasoningTokens);
  return isPrompt
    ? { ...usage, promptTokens: (promptTokens ?? 0) + missing }
    : { ...usage, completionTokens: (completionTokens ?? 0) + missing };
}

/** xAI reports costs in ticks. */
const TICKS_PER_DOLLAR = 1e10;

/** @param usage of one of OpenAI's APIs, or of a server that speaks their protocol */
export function openaiUsage(usage: any): UsageFacts {
  if (!isObject(usage)) return {};
  const read =
    usage.prompt_tokens_details ?? usage.input_tokens_details ?? usage.input_token_details;
  const written = usage.completion_tokens_details ?? usage.output_tokens_details;
  const cachedTokens = firstCount(
    read?.cached_tokens,
    usage.prompt_cache_hit_tokens,
    usage.cache_read_input_tokens,
    usage.cached_tokens,
    usage.num_cached_tokens,
  );
  const cacheCreationTokens = firstCount(
    read?.cache_write_tokens,
    read?.cache_creation_tokens,
    usage.cache_creation_input_tokens,
  );
  const total = firstCount(usage.total_tokens);
  const fresh = firstCount(usage.input_tokens);
  // A gateway that passes on Anthropic's usage: its `input_tokens` are the fresh ones.
  const isAnthropic =
    total === undefined &&
    sumCounts(usage.cache_read_input_tokens, usage.cache_creation_input_tokens) !== undefined;
  const known: UsageFacts = {
    promptTokens:
      firstCount(usage.prompt_tokens) ??
      (isAnthropic ? sumCounts(fresh, cachedTokens, cacheCreationTokens) : fresh),
    completionTokens: firstCount(usage.completion_tokens, usage.output_tokens),
    cachedTokens,
    cacheCreationTokens,
    reasoningTokens: firstCount(written?.reasoning_tokens, usage.reasoning_tokens),
    audioTokens: sumCounts(read?.audio_tokens, written?.audio_tokens),
    cost: costOfUsage(usage),
  };
  return balance(known, total);
}

/** @returns US dollars */
function costOfUsage(usage: Record<string, any>): number | undefined {
  const cost = firstAmount(usage.cost, usage.cost?.total_cost, usage.estimated_cost);
  const ticks = firstAmount(usage.cost_in_usd_ticks);
  return cost ?? (ticks === undefined ? undefined : ticks / TICKS_PER_DOLLAR);
}

/** Work of the provider that it counts apart from the message. */
const APART = /^(compaction|advisor_message)$/;

/** @param usage of Anthropic, which counts fresh and cached tokens apart */
export function anthropicUsage(usage: Record<string, any>): UsageFacts {
  const parts = [usage, ...arrayOf(usage.iterations).filter((each) => APART.test(each?.type))];
  const total = (count: (part: any) => unknown) => sumCounts(...parts.map(count));
  const cachedTokens = total((part) => part.cache_read_input_tokens);
  const cacheCreationTokens = total(cacheCreation);
  return {
    promptTokens: sumCounts(
      total((part) => part.input_tokens),
      cachedTokens,
      cacheCreationTokens,
    ),
    completionTokens: total((part) => part.output_tokens),
    cachedTokens,
    cacheCreationTokens,
    reasoningTokens: total((part) => part.output_tokens_details?.thinking_tokens),
  };
}

/** Newer answers also count by how long the cache keeps the tokens; some servers count only so. */
function cacheCreation({ cache_creation_input_tokens: sum, cache_creation: byTime }: any): unknown {
  const counted = isObject(byTime) ? sumCounts(...Object.values(byTime)) : undefined;
  return firstCount(sum) || (counted ?? sum);
}

/** @param usage of Bedrock, which counts fresh and cached tokens apart */
export function bedrockUsage(usage: any): UsageFacts {
  if (!isObject(usage)) return {};
  const cachedTokens = firstCount(usage.cacheReadInputTokens, usage.cacheReadInputTokenCount);
  const cacheCreationTokens = firstCount(
    usage.cacheWriteInputTokens,
    usage.cacheWriteInputTokenCount,
  );
  const fresh = firstCount(usage.inputTokens, usage.inputTokenCount);
  const known: UsageFacts = {
    promptTokens: sumCounts(fresh, cachedTokens, cacheCreationTokens),
    completionTokens: firstCount(usage.outputTokens, usage.outputTokenCount),
    cachedTokens,
    cacheCreationTokens,
  };
  return balance(known, firstCount(usage.totalTokens));
}

/** What Gemini's APIs count, under names of ours. */
export interface GeminiCounts {
  prompt: unknown;
  /** What tools of the provider gave to the model. */
  toolPrompt: unknown;
  candidates: unknown;
  thoughts: unknown;
  cached: unknown;
  total: unknown;
  /** Counts by modality, of what was heard and what was spoken. */
  modalities: unknown[];
}

/** Gemini counts prompts, prompts of tools, candidates and thoughts apart. */
export function geminiUsage(counts: GeminiCounts): UsageFacts {
  const total = firstCount(counts.total);
  const promptTokens = sumCounts(counts.prompt, counts.toolPrompt);
  const candidates = firstCount(counts.candidates);
  const reasoningTokens = firstCount(counts.thoughts);
  // Some servers count the thoughts among the candidates.
  const includesThoughts = total !== undefined && total === sumCounts(promptTokens, candidates);
  const known: UsageFacts = {
    promptTokens,
    completionTokens: includesThoughts ? candidates : sumCounts(candidates, reasoningTokens),
    cachedTokens: firstCount(counts.cached),
    toolPromptTokens: firstCount(counts.toolPrompt),
    reasoningTokens,
    audioTokens: audioTokens(counts.modalities),
  };
  return balance(known, total);
}

function audioTokens(modalities: unknown[]): number | undefined {
  const audio = modalities
    .flatMap(arrayOf)
    .filter((each) => /^audio$/i.test(each?.modality))
    .map((each) => each.tokenCount ?? each.tokens);
  return sumCounts(...audio);
}
