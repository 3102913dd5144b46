// A client for tests, and what can be expected of its traces: here with the test runner of Node.js.
import assert from 'node:assert/strict';
import net from 'node:net';
import { afterEach, it } from 'node:test';
import { currentTrace, TraceBuilder, traceTool, watch } from 'infinium-o2';
import { createTestClient, expectTrace } from 'infinium-o2/testing';

const connect = net.Socket.prototype.connect;
afterEach(() => {
  net.Socket.prototype.connect = connect;
});
const TASK = { name: 'a task', description: 'does something', duration: 1 };

it('keeps what is sent, in order, whichever way it is sent, and makes no connection', async () => {
  net.Socket.prototype.connect = () => assert.fail('a connection');
  const { client, traces, clear } = createTestClient();
  client.trace('one', () => 1)();
  client.enqueue({ ...TASK, name: 'two' });
  await client.flush();
  await client.sendTask({ ...TASK, name: 'three' });
  await client.sendTaskData({ ...TASK, name: 'four', currentDatetime: new Date() });
  await client.sendBatch([
    { ...TASK, name: 'five', currentDatetime: new Date() },
    { ...TASK, name: 'six', currentDatetime: new Date() },
  ]);
  const names = ['one', 'two', 'three', 'four', 'five', 'six'];
  assert.deepEqual(
    traces.map(({ name }) => name),
    names,
  );
  assert.equal(client.stats().delivered, 6);
  clear();
  assert.deepEqual(traces, []);
  await client.close();
});

it('keeps tasks as the platform would get them, with the names of TaskData', async () => {
  const { client, traces } = createTestClient({
    environment: { region: 'eu', customTags: { my_team: 'x' } },
    redact: { presets: ['email'], keys: ['password'] },
    beforeSend: (task) => (task.name === 'dropped' ? null : { ...task, outcome: 'changed' }),
  });
  client.trace('dropped', () => 1)();
  client.trace('kept', () => traceTool('mail', () => 'to joe@example.com')())();
  const builder = new TraceBuilder('built', 'by hand').setSection('support', { callId: 'c' });
  builder
    .step('plan', 'makes a plan')
    .setMetadata({ my_key: { my_other_key: 1 } })
    .end();
  builder.setLlmUsage({ model: 'm', calls: [{ model: 'm', promptTokens: 2, latencyMs: 3 }] });
  client.enqueue(builder.build());
  await client.flush();
  const [kept, built] = traces;
  assert.equal(traces.length, 2);
  assert.equal(kept.outcome, 'changed');
  assert.equal(kept.steps[1].toolCall.outputSummary, 'to [redacted]');
  assert.deepEqual(kept.environment.customTags, { my_team: 'x' });
  assert.equal(built.environment.region, 'eu');
  assert.deepEqual(built.support, { callId: 'c' });
  assert.deepEqual(built.steps[0].metadata, { my_key: { my_other_key: 1 } });
  assert.equal(built.llmUsage.calls[0].latencyMs, 3);
  await client.close();
});

it('refuses what a client refuses', async () => {
  const { client, traces } = createTestClient();
  await assert.rejects(client.sendTask({ ...TASK, name: '' }), {
    name: 'ValidationError',
    field: 'name',
  });
  assert.throws(() => client.enqueue({ ...TASK, duration: -1 }), { field: 'duration' });
  await assert.rejects(client.getPrompt('id', 'key'), { name: 'NotFoundError' });
  assert.throws(() => createTestClient({ timeout: -1 }), { configKey: 'timeout' });
  assert.deepEqual(traces, []);
  await client.close();
});

it('tells a trace that it was delivered', async () => {
  const { client } = createTestClient();
  let delivered;
  client.trace('t', () => {
    delivered = currentTrace().delivered;
  })();
  assert.deepEqual((({ success, traceId }) => ({ success, traceId }))(await delivered), {
    success: true,
    traceId: 'test-1',
  });
  await client.close();
});

it('sends nothing with enabled: false, and works where the environment disables clients', async () => {
  process.env.INFINIUM_ENABLED = '0';
  const [on, off] = [createTestClient(), createTestClient({ enabled: false })];
  delete process.env.INFINIUM_ENABLED;
  for (const { client } of [on, off]) await client.sendTask(TASK);
  assert.deepEqual([on.traces.length, off.traces.length], [1, 0]);
  await Promise.all([on.client.close(), off.client.close()]);
});

/** The trace of an agent that calls a tool and a model, and may fail. */
async function traceOf(error) {
  class OpenAI {
    baseURL = 'https://api.openai.com/v1';
    chat = {
      completions: {
        create: async () => ({ model: 'gpt', usage: { prompt_tokens: 30, completion_tokens: 12 } }),
      },
    };
  }
  const openai = watch(new OpenAI());
  const { client, traces } = createTestClient();
  const run = client.trace('agent', async () => {
    traceTool('search', () => 1)();
    await openai.chat.completions.create({ model: 'gpt', messages: [] });
    if (error) throw error;
  });
  await run().catch(() => {});
  await client.flush();
  await client.close();
  return traces[0];
}

it('throws an assertion error at the caller if an expectation is not met', async () => {
  const trace = await traceOf();
  const fails = (expectation, message) =>
    assert.throws(
      expectation,
      (error) =>
        error instanceof assert.AssertionError &&
        error.message === message &&
        error.stack.includes('client.test.mjs') &&
        !error.stack.includes('testing.js'),
    );
  expectTrace(trace).toHaveCalledTool('search');
  expectTrace(trace).not.toHaveCalledTool('other');
  fails(
    () => expectTrace(trace).toHaveCalledTool('other'),
    'expected the trace "agent" to call the tool "other", but it called "search"',
  );
  fails(
    () => expectTrace(trace).not.toHaveCalledTool('search'),
    'expected the trace "agent" not to call the tool "search", but it called "search"',
  );
  expectTrace(trace).toHaveUsedModel('gpt');
  fails(
    () => expectTrace(trace).toHaveUsedModel('other'),
    'expected the trace "agent" to use the model "other", but it used "gpt"',
  );
  expectTrace(trace).toHaveTokensBelow(43);
  expectTrace(trace).not.toHaveTokensBelow(42);
  fails(
    () => expectTrace(trace).toHaveTokensBelow(42),
    'expected the trace "agent" to use fewer than 42 tokens, but it used 42',
  );
  expectTrace(trace).toHaveSucceeded();
  fails(
    () => expectTrace(trace).not.toHaveSucceeded(),
    'expected the trace "agent" not to succeed, but it has no errors',
  );
  const failed = await traceOf(new RangeError('too far'));
  expectTrace(failed).not.toHaveSucceeded();
  fails(
    () => expectTrace(failed).toHaveSucceeded(),
    'expected the trace "agent" to succeed, but it failed with RangeError: too far',
  );
});

it('says that there is no trace', () => {
  assert.throws(() => expectTrace(undefined), /was the client flushed/);
  assert.throws(() => expectTrace(7), /got number/);
});

it('says that an expectation or a client is not written as it must be', async () => {
  const trace = { name: 'agent', description: 'does something', duration: 1, currentDatetime: '' };
  const { not } = expectTrace(trace);
  assert.throws(() => not.toHaveCalledTool(undefined), /toHaveCalledTool needs a string/);
  assert.throws(() => not.toHaveUsedModel(/gpt/), /toHaveUsedModel needs a string/);
  assert.throws(() => not.toHaveTokensBelow(Number.NaN), /toHaveTokensBelow needs a number/);
  assert.throws(() => createTestClient('agent'), /config must be an object \(got string\)/);
});
