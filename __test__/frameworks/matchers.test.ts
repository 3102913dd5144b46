// The matchers for tests of agents, with Jest.
import { InfiniumClient, traceTool } from 'infinium-o2';
import type { TestClient } from '../../frameworks/testing';

const { createTestClient, matchers } = require('../../dist/testing.js');

expect.extend(matchers);
const { client, traces, clear }: TestClient = createTestClient();
afterEach(clear);
afterAll(() => client.close());

it('fits expect.extend, and says what is so instead', async () => {
  client.trace('agent', () => traceTool('search', () => 1)())();
  await client.flush();
  expect(traces[0]).toHaveCalledTool('search');
  expect(traces[0]).not.toHaveCalledTool('other');
  expect(traces[0]).toHaveSucceeded();
  expect(traces[0]).toHaveTokensBelow(1);
  expect(traces[0]).not.toHaveUsedModel('gpt');
  expect(() => expect(traces[0]).toHaveCalledTool('other')).toThrow(
    'expected the trace "agent" to call the tool "other", but it called "search"',
  );
  expect(() => expect(traces[0]).not.toHaveSucceeded()).toThrow(
    'expected the trace "agent" not to succeed, but it has no errors',
  );
  expect(() => expect(traces[1]).toHaveSucceeded()).toThrow('was the client flushed');
});

it('needs no timers, which a test may have replaced', async () => {
  jest.useFakeTimers();
  try {
    client.trace('agent', () => 1)();
    await client.flush();
  } finally {
    jest.useRealTimers();
  }
  expect(traces).toHaveLength(1);
});

it('refuses what cannot be expected, also with `not`', async () => {
  client.trace('agent', () => 1)();
  await client.flush();
  const given: any[] = [undefined, null, {}];
  for (const value of given) {
    expect(() => expect(traces[0]).not.toHaveCalledTool(value)).toThrow(
      /toHaveCalledTool needs a string/,
    );
    expect(() => expect(traces[0]).not.toHaveUsedModel(value)).toThrow(
      /toHaveUsedModel needs a string/,
    );
    expect(() => expect(traces[0]).not.toHaveTokensBelow(value)).toThrow(/needs a number/);
  }
  expect(() => expect(traces[0]).not.toHaveTokensBelow(Number.NaN)).toThrow(/needs a number/);
  expect(() => expect(traces).toHaveSucceeded()).toThrow('an array of 1: pass one of its traces');
  expect(() => expect(null).toHaveSucceeded()).toThrow('got null');
});

it('gives a client of the package', () => {
  expect(client).toBeInstanceOf(InfiniumClient);
});
