// Tests of an agent that look at its traces. Run them with: npx vitest run, in this folder
import { createTestClient, matchers } from 'infinium-o2/testing';
import { afterEach, expect, it } from 'vitest';
import { makeGuide } from './agent.mjs';

expect.extend(matchers);
const { client, traces, clear } = createTestClient();
const guide = makeGuide(client);
afterEach(clear);

it('looks a mountain up', async () => {
  expect(await guide('Mont Blanc')).toBe('Mont Blanc is 4806 m high.');
  await client.flush();
  expect(traces[0]).toHaveCalledTool('look_up');
  expect(traces[0]).toHaveSucceeded();
  expect(traces[0]).not.toHaveUsedModel('a-model');
  expect(traces[0]).toHaveTokensBelow(1);
});

it('fails for a mountain that nobody knows', async () => {
  await expect(guide('Mount Doom')).rejects.toThrow('nothing is known');
  await client.flush();
  expect(traces[0]).not.toHaveSucceeded();
  expect(() => expect(traces[0]).toHaveSucceeded()).toThrow(
    'expected the trace "guide" to succeed, but it failed with RangeError',
  );
});
