import type { ModelPrice } from '../../index';
import type { CallFacts } from './call-facts';

/** Prices by the name of the model. */
export type Prices = Record<string, ModelPrice>;

const TOKENS_PER_PRICE = 1_000_000;

/**
 * The cost of a call in US dollars: as the provider reports it, otherwise by the price of the model that answered, or
 * else of the requested one.
 *
 * @returns undefined if neither a cost nor a price is known, or if no tokens are
 */
export function costOf(prices: Prices | null | undefined, facts: CallFacts): number | undefined {
  if (facts.cost !== undefined) return facts.cost;
  const price = priceOf(prices, facts);
  const { promptTokens, completionTokens } = facts;
  if (!price || (promptTokens === undefined && completionTokens === undefined)) return undefined;
  const cached = facts.cachedTokens ?? 0;
  const created = facts.cacheCreationTokens ?? 0;
  const reasoning = facts.reasoningTokens ?? 0;
  const cost =
    Math.max(0, (promptTokens ?? 0) - cached - created) * price.input +
    cached * (price.cachedInput ?? price.input) +
    created * (price.cacheCreation ?? price.input) +
    Math.max(0, (completionTokens ?? 0) - reasoning) * price.output +
    reasoning * (price.reasoning ?? price.output);
  return Number.isFinite(cost) ? roundCost(cost / TOKENS_PER_PRICE) : undefined;
}

/** Removes what adding fractions leaves behind: 0.1 + 0.2 is 0.3. */
export function roundCost(cost: number): number {
  return Number(cost.toPrecision(12));
}

function priceOf(prices: Prices | null | undefined, facts: CallFacts): ModelPrice | undefined {
  for (const model of [facts.servedModel, facts.model]) {
    // Names come from providers: one called `constructor` has no price.
    if (model !== undefined && prices && Object.hasOwn(prices, model)) return prices[model];
  }
  return undefined;
}
