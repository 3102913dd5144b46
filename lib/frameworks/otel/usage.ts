import { balance, firstCount, sumCounts, type UsageFacts } from '../../watch/usage';
import type { Attributes } from './api';
import { countsCacheApart, FIELDS } from './conventions';
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
  const provider = findText(attributes, FIELDS.provider);
  const isKnownApart = countsCacheApart(attributes, scope, provider);
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

/** What AI SDK 5 only has in what the provider says on top. */
function cacheCreationOf(attributes: Attributes): number | undefined {
  const metadata: any = parse(attributes['ai.response.providerMetadata']);
  return firstCount(
    metadata?.anthropic?.cacheCreationInputTokens,
    metadata?.bedrock?.usage?.cacheWriteInputTokens,
  );
}
