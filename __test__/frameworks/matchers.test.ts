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

it('gives a client of the package', () => {
  expect(client).toBeInstanceOf(InfiniumClient);
});
