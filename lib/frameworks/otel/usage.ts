import { balance, firstCount, sumCounts, type UsageFacts } from '../../watch/usage';
import type { Attributes } from './api';
import { COUNTS_CACHE_APART, FIELDS } from './conventions';
import { findNumber, findText, parse } from './find';

/**
 * The tokens of a call: the prompt is everything that the model read, and the completion everything that it wrote.
 *
 * @param scope the name of the instrumentation
 */
export function readUsage(attributes: Attributes, scope: string): UsageFacts {
  const find = (field: keyof typeof FIELDS) => findNumber(attributes, FIELDS[field]);
  const input = find('promptTokens');
  const output = find('completionTokens');
  const reasoningTokens = find('reasoningTokens');
  const cachedTokens = find('cachedTokens');
  const isKnownApart = countsCacheApart(attributes, scope);
  const cacheCreationTokens =
    find('cacheCreationTokens') ?? (isKnownApart ? cacheCreationOf(attributes) : undefined);
  const cache = (cachedTokens ?? 0) + (cacheCreationTokens ?? 0);
  const isApart = isKnownApart || (input !== undefined && cache > input);
  // Reasoning that is more than the whole is counted apart, too.
  const isReasoningApart = output !== undefined && (reasoningTokens ?? 0) > output;
  return balance(
    {
      promptTokens: isApart ? sumCounts(input, cachedTokens, cacheCreationTokens) : input,
      completionTokens: isReasoningApart ? sumCounts(output, reasoningTokens) : output,
      cachedTokens,
      cacheCreationTokens,
      reasoningTokens,
      cost: find('cost'),
    },
    find('totalTokens'),
  );
}

function countsCacheApart(attributes: Attributes, scope: string): boolean {
  const provider = findText(attributes, FIELDS.provider) ?? '';
  return COUNTS_CACHE_APART.some(
    (rule) =>
      (rule.scope?.test(scope) ?? true) &&
      (rule.provider?.test(provider) ?? true) &&
      (rule.has === undefined || attributes[rule.has] !== undefined) &&
      !(rule.hasNot && Object.keys(attributes).some((name) => rule.hasNot?.test(name))),
  );
}

/** What AI SDK 5 only has in what the provider says on top. */
function cacheCreationOf(attributes: Attributes): number | undefined {
  const metadata: any = parse(attributes['ai.response.providerMetadata']);
  return firstCount(
    metadata?.anthropic?.cacheCreationInputTokens,
    metadata?.bedrock?.usage?.cacheWriteInputTokens,
  );
}
