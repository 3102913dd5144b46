import type { CallFacts } from '../../lib/trace/call-facts';
import type { Prices } from '../../lib/trace/prices';

const { costOf } = require('../../lib/trace/prices');
const { TraceScope } = require('../../lib/trace/context');
const { toLlmStep, toLlmUsage } = require('../../lib/trace/llm');

const prices: Prices = {
  plain: { input: 1, output: 10 },
  full: { input: 1, output: 10, cachedInput: 0.1, cacheCreation: 1.25, reasoning: 20 },
};
const tokens: CallFacts = {
  promptTokens: 1_000_000,
  completionTokens: 100_000,
  cachedTokens: 600_000,
  cacheCreationTokens: 100_000,
  reasoningTokens: 40_000,
};

it.each<[string, CallFacts, number | undefined]>([
  ['the price of each kind of token', { model: 'full', ...tokens }, 0.3 + 0.06 + 0.125 + 0.6 + 0.8],
  ['the prices of input and output for kinds without a price', { model: 'plain', ...tokens }, 2],
  ['the model that answered', { model: 'plain', servedModel: 'full', promptTokens: 1_000 }, 0.001],
  [
    'the requested model if the other has no price',
    { ...tokens, model: 'plain', servedModel: 'plain-2026' },
    2,
  ],
  ['what the provider reports', { model: 'plain', ...tokens, cost: 0.5 }, 0.5],
  ['a report of nothing', { model: 'plain', ...tokens, cost: 0 }, 0],
  ['prompts alone', { model: 'plain', promptTokens: 500_000 }, 0.5],
  ['no model', { ...tokens }, undefined],
  ['a model without a price', { model: 'other', ...tokens }, undefined],
  ['a model named like a member of every object', { model: 'constructor', ...tokens }, undefined],
  ['no tokens', { model: 'plain' }, undefined],
  ['more cached tokens than there are', { model: 'full', promptTokens: 5, cachedTokens: 10 }, 1e-6],
])('works out the cost by %s', (_name, facts, expected) => {
  expect(costOf(prices, facts)).toBe(
    expected === undefined ? undefined : Number(expected.toFixed(9)),
  );
});

it('has no cost without prices, or with one that is no number', () => {
  expect(costOf(undefined, { model: 'plain', ...tokens })).toBeUndefined();
  expect(costOf({ plain: { input: 'x' } }, { model: 'plain', ...tokens })).toBeUndefined();
});

describe('the cost of a trace', () => {
  const keep = (text: unknown) => text;
  const calls = (...facts: CallFacts[]) => {
    const scope = new TraceScope();
    return facts.map((each) => scope.startCall(each));
  };

  it('is the sum of what is known of the calls', () => {
    const records = calls({ cost: 0.1 }, { cost: 0.2 }, { model: 'plain', ...tokens }, {});
    expect(toLlmUsage(records).estimatedCostUsd).toBe(0.3);
    expect(toLlmUsage(records, prices).estimatedCostUsd).toBe(2.3);
    expect(toLlmUsage(calls({})).estimatedCostUsd).toBeUndefined();
  });

  it('is on the step of each call', () => {
    const [reported, priced, unknown] = calls({ cost: 0.1 }, { model: 'plain', ...tokens }, {});
    expect(toLlmStep(reported, 2, keep).metadata.cost_usd).toBe(0.1);
    expect(toLlmStep(priced, 2, keep).metadata.cost_usd).toBeUndefined();
    expect(toLlmStep(priced, 2, keep, prices).metadata.cost_usd).toBe(2);
    expect(toLlmStep(unknown, 2, keep, prices).metadata).toBeUndefined();
  });
});
