// How queries end, and what stays as it is without us.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsyncInfiniumClient, currentTrace, traceTool, ValidationError } from 'infinium-o2';
import { watchQuery } from 'infinium-o2/claude-agent-sdk';
import { z } from 'zod';
import { outline, steps } from '../platform.mjs';
import { init, result, returns, saying, says, text, toolUse, usage } from './script.mjs';
import { simple } from './setup.mjs';

const SECRET = 'the secret of the pyramids';

/**
 * @param {any} sdk the module `@anthropic-ai/claude-agent-sdk`
 * @param {any} context that of `setup`
 */
export function testEndings(sdk, context) {
  const { play, sent } = context;

  for (const subtype of ['error_max_turns', 'error_during_execution', 'error_max_budget_usd']) {
    test(`${subtype} is the error of the run`, async () => {
      const error = { subtype, is_error: true, result: undefined, errors: ['it went wrong'] };
      await play([init(), says('m1', [text('x')]), result(error)]);
      const [trace] = await sent();
      assert.deepEqual(trace.errors, [{ error_type: subtype, message: 'it went wrong' }]);
      assert.equal(trace.llm_usage.estimated_cost_usd, 0.25);
    });
  }

  test('a program that ends too early is an error, which the consumer gets, too', async () => {
    await assert.rejects(play([init(), says('m1', [text('x')]), { exit: 3 }]), /code 3/);
    const failed = [init(), result({ is_error: true, result: `no ${SECRET}` }), { exit: 1 }];
    await assert.rejects(play(failed));
    const [early, late] = await sent();
    assert.match(early.errors[0].message, /code 3/);
    assert.equal(steps(early, 'llm_call').length, 1);
    assert.equal(late.errors[0].error_type, 'error_result');
    assert.ok(!JSON.stringify(late).includes(SECRET));
  });

  test('an error of the API is a failed call', async () => {
    const synthetic = says('m1', [text(`API Error: ${SECRET}`)], { error: 'rate_limit' });
    synthetic.message.model = '<synthetic>';
    await play([init(), synthetic, result({ is_error: true })]);
    const [trace] = await sent();
    const [call, ...others] = steps(trace, 'llm_call');
    assert.deepEqual(others, []);
    assert.equal(call.error.error_type, 'rate_limit');
    assert.ok(!JSON.stringify(trace).includes(SECRET));
  });

  test('a consumer may leave, abort or interrupt', async () => {
    const query = watchQuery(sdk.query, { client: context.client });
    const held = [init(), says('m1', [text('x')]), { wait: 'interrupt' }];
    for await (const message of query({ prompt: 'hi', options: saying(held) })) {
      if (message.type === 'assistant') break;
    }
    const [left] = await sent();
    assert.equal(steps(left, 'llm_call').length, 1);
    assert.equal(left.errors, undefined);

    const abortController = new AbortController();
    const aborted = query({ prompt: 'hi', options: saying(held, { abortController }) });
    await assert.rejects(async () => {
      for await (const message of aborted)
        if (message.type === 'assistant') abortController.abort();
    });
    assert.equal((await sent())[0].errors.length, 1);

    const error = { subtype: 'error_during_execution', is_error: true, errors: ['interrupted'] };
    const answered = Promise.withResolvers();
    async function* prompts() {
      yield { type: 'user', message: { role: 'user', content: 'hi' }, parent_tool_use_id: null };
      await answered.promise;
    }
    const options = saying([...held, result(error)]);
    const interrupted = query({ prompt: prompts(), options });
    for await (const message of interrupted) {
      if (message.type === 'assistant') await interrupted.interrupt();
      if (message.type === 'result') answered.resolve();
    }
    const [trace] = await sent();
    assert.equal(trace.steps[0].metadata.interrupted, true);
    assert.equal(trace.errors[0].error_type, 'error_during_execution');
  });

  test('a running query stays the same object, with the same messages', async () => {
    const query = sdk.query({ prompt: 'hi', options: saying(simple) });
    const iterator = query[Symbol.asyncIterator]();
    assert.equal(watchQuery(query, { client: context.client, name: 'mine' }), query);
    assert.equal(watchQuery(query, { client: context.client }), query);
    assert.equal(query[Symbol.asyncIterator](), iterator);
    assert.equal(typeof query.setModel, 'function');
    const first = await query.next();
    assert.equal(first.value.subtype, 'init');
    for await (const _ of query);
    assert.deepEqual(await query.next(), { done: true, value: undefined });
    const [trace, ...others] = await sent();
    assert.deepEqual(others, []);
    assert.equal(trace.name, 'mine');
    assert.equal(steps(trace, 'llm_call').length, 2);
  });

  test('the function stays what it was', () => {
    const watched = watchQuery(sdk.query, { client: context.client });
    assert.equal(watched.name, sdk.query.name);
    assert.equal(watched.length, sdk.query.length);
    assert.equal(watchQuery(watched), watched);
  });

  test('close() and return() end the run', async () => {
    for (const leave of ['close', 'return']) {
      const query = watchQuery(sdk.query, { client: context.client })({
        prompt: 'hi',
        options: saying(simple),
      });
      await query.next();
      await query[leave]();
      assert.equal((await sent()).length, 1, leave);
    }
  });

  test('within a trace a query is a step of it, and so is what its tools call', async () => {
    const inner = traceTool('inner', (a) => a);
    const add = sdk.tool('add', 'adds', { a: z.number() }, async ({ a }) => {
      currentTrace().step('own', 'in the tool').end();
      return { content: [{ type: 'text', text: String(inner(a) + 1) }] };
    });
    const mcpServers = {
      calc: sdk.createSdkMcpServer({ name: 'calc', version: '1', tools: [add] }),
    };
    const messages = [
      init(),
      says('m1', [toolUse('t1', 'mcp__calc__add', { a: 1 })]),
      { call: { server: 'calc', name: 'add', args: { a: 1 } } },
      returns('t1', '2'),
      result(),
    ];
    await context.client.trace('Outer', () =>
      play(messages, { name: 'mine', options: { mcpServers } }),
    )();
    const [trace, ...others] = await sent();
    assert.deepEqual(others, []);
    assert.deepEqual(outline(trace), [
      'agent mine',
      '  llm_call anthropic/claude-test',
      '  tool_call mcp__calc__add',
      '  own in the tool',
      '  tool_call inner',
    ]);
    assert.equal(trace.llm_usage.estimated_cost_usd, 0.25);
    assert.equal(trace.environment.custom_tags?.session_id, undefined);
    assert.equal(trace.steps[1].metadata.session_id, 'session-1');
  });

  test('queries at once do not mix', async () => {
    const numbers = Array.from({ length: 8 }, (_, index) => index);
    await Promise.all(
      numbers.map((id) =>
        play(
          [
            init(),
            says('m1', [toolUse('t1', 'Bash', { id })], { counts: usage(100 + id, id) }),
            returns('t1', `result ${id}`),
            result({ result: `answer ${id}`, total_cost_usd: id }),
          ],
          { name: `agent ${id}`, captureContent: true },
        ),
      ),
    );
    const traces = await sent();
    assert.equal(traces.length, 8);
    for (const trace of traces) {
      const id = Number(trace.name.split(' ')[1]);
      assert.equal(trace.output_summary, `answer ${id}`);
      assert.equal(trace.llm_usage.prompt_tokens, 100 + id);
      assert.equal(trace.llm_usage.estimated_cost_usd, id);
      const [{ tool_call: called }] = steps(trace, 'tool_call');
      assert.deepEqual(
        [called.input_summary, called.output_summary],
        [`{"id":${id}}`, `result ${id}`],
      );
    }
  });

  test('several turns are one run with the last total', async () => {
    async function* prompts() {
      const message = { role: 'user', content: 'hi' };
      yield { type: 'user', message, parent_tool_use_id: null };
      yield { type: 'user', message, parent_tool_use_id: null };
    }
    const messages = [
      init(),
      says('m1', [text('a')]),
      result({ total_cost_usd: 0.1, usage: usage(10, 5) }),
      says('m2', [text('b')]),
      result({ total_cost_usd: 0.3, usage: usage(10, 12) }),
    ];
    await play(messages, { prompt: prompts() });
    const [trace, ...others] = await sent();
    assert.deepEqual(others, []);
    assert.deepEqual(
      steps(trace, 'llm_call').map(({ llm_call: call }) => call.completion_tokens),
      [5, 12],
    );
    assert.equal(trace.llm_usage.estimated_cost_usd, 0.3);
  });

  test('the reported cost holds in place of prices', async () => {
    const { INFINIUM_AGENT_ID: agentId, INFINIUM_AGENT_SECRET: agentSecret } = context.platform.env;
    const priced = new AsyncInfiniumClient({
      agentId,
      agentSecret,
      baseUrl: context.platform.env.INFINIUM_BASE_URL,
      prices: { 'claude-test': { input: 1e6, output: 1e6 } },
    });
    await play(simple, { client: priced });
    await priced.close();
    const [trace] = await sent();
    assert.equal(trace.llm_usage.estimated_cost_usd, 0.25);
  });

  test('wrong arguments are refused', () => {
    assert.throws(() => watchQuery(1), ValidationError);
    assert.throws(() => watchQuery(sdk.query, { client: {} }), ValidationError);
    assert.throws(() => watchQuery(sdk.query, { name: 1 }), { field: 'name' });
  });
}
