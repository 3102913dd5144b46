// What is recorded of runs that fail or are left, of runs at once, and of those whose tracing is turned off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceTool, ValidationError } from 'infinium-o2';
import { InfiniumTracingProcessor } from 'infinium-o2/openai-agents';
import { z } from 'zod';
import { outline, steps } from '../platform.mjs';
import { hasResult, itemsOf } from './openai-server.mjs';

const SECRET = 'the secret of the pyramids';
const add = ({ a }) => Number(a) + 1;

/**
 * @param {any} sdk the module `@openai/agents`
 * @param {any} context that of `setup`
 */
export function testFailures(sdk, context) {
  const { run, Runner } = sdk;
  const { agent, tool } = context;
  const helper = (execute = add) => agent('helper', { tools: [tool('add', execute)] });

  test('a failing tool has an error; the run goes on', async () => {
    await run(
      helper(() => {
        throw new RangeError('boom');
      }),
      'hi',
    );
    const [trace] = await context.sent();
    assert.ok(steps(trace, 'tool_call')[0].tool_call.error);
    assert.equal(trace.errors, undefined);
  });

  test('too many turns are an error of the run and its agent', async () => {
    await assert.rejects(run(helper(), 'hi', { maxTurns: 1 }), /Max turns/);
    const [trace] = await context.sent();
    assert.deepEqual(trace.errors, [
      { error_type: 'MaxTurnsExceededError', message: 'Max turns (1) exceeded' },
    ]);
    assert.equal(steps(trace, 'agent')[0].error.error_type, 'MaxTurnsExceededError');
    assert.equal(steps(trace, 'llm_call')[0].error, undefined);
  });

  for (const [stream, watched] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ]) {
    const how = `${stream ? ', streaming' : ''}${watched ? ', of a watched client' : ''}`;
    test(`an error of the model repeats no content${how}`, async () => {
      context.use({ watched });
      context.answer = () => ({ status: 400, message: `refused: ${SECRET}` });
      const fail = async () => {
        const result = await context.run(helper(), SECRET, { stream });
        if (stream) for await (const _ of result);
      };
      await assert.rejects(fail, /refused/);
      const [trace, ...others] = await context.sent();
      assert.deepEqual(others, []);
      assert.equal(trace.errors.length, 1);
      assert.match(trace.errors[0].message, /400/);
      assert.equal(steps(trace, 'llm_call')[0].metadata.http_status, 400);
      // The SDK tells the model only of answers.
      assert.equal(steps(trace, 'llm_call')[0].llm_call.model, watched ? 'gpt-x' : 'unknown');
      assert.ok(!JSON.stringify(trace).includes(SECRET));
      context.use({ captureContent: true, watched });
      await assert.rejects(fail, /refused/);
      assert.match((await context.sent())[0].errors[0].message, new RegExp(SECRET));
    });
  }

  test('a retry is a call of its own', async () => {
    context.answer = (_, index) => (index === 0 ? { status: 500, message: 'busy' } : { text: 'x' });
    const retry = { maxRetries: 1, policy: () => true, backoff: { initialDelayMs: 0 } };
    await run(agent('a', { modelSettings: { retry } }), 'hi');
    const [trace] = await context.sent();
    const calls = steps(trace, 'llm_call');
    assert.equal(calls.length, 2);
    assert.ok(calls[0].error);
    assert.equal(calls[1].error, undefined);
    assert.equal(trace.errors, undefined);
  });

  test('a stream is recorded by the time it has been read', async () => {
    const result = await run(helper(), 'hi', { stream: true });
    for await (const _ of result);
    const [trace] = await context.sent();
    assert.equal(trace.name, 'helper');
    assert.equal(trace.llm_usage.total_tokens, 30);
    assert.equal(steps(trace, 'tool_call')[0].metadata.tool_call_id, 'c1');
  });

  test('a stream that is left, aborted or broken ends its trace', async () => {
    const left = await run(helper(), 'hi', { stream: true });
    for await (const _ of left) break;
    await left.completed;
    const controller = new AbortController();
    const aborted = await run(helper(), 'hi', { stream: true, signal: controller.signal });
    for await (const _ of aborted) controller.abort();
    context.answer = () => ({ text: 'a long text', breaks: true });
    const broken = await run(agent('broken'), 'hi', { stream: true });
    await assert.rejects(async () => {
      for await (const _ of broken);
    });
    const traces = await context.sent();
    assert.deepEqual(
      traces.map(({ name, errors }) => [name, errors?.length]),
      [
        ['helper', undefined],
        ['helper', undefined],
        ['broken', 1],
      ],
    );
    assert.ok(steps(traces[2], 'llm_call')[0].error);
  });

  test('a run that waits for an approval is a trace, and what follows is another', async () => {
    const guarded = sdk.tool({
      name: 'add',
      description: 'adds',
      parameters: z.object({ a: z.any() }),
      needsApproval: true,
      execute: add,
    });
    const waiting = await run(agent('helper', { tools: [guarded] }), 'hi');
    waiting.state.approve(waiting.interruptions[0]);
    const result = await run(agent('helper', { tools: [guarded] }), waiting.state);
    assert.equal(result.finalOutput, 'done');
    const traces = await context.sent();
    assert.deepEqual(
      traces.map((trace) => [trace.name, ...outline(trace).filter((line) => !/turn/.test(line))]),
      [
        ['helper', 'agent helper', '    llm_call openai/gpt-x-served'],
        ['helper', 'agent helper', '    tool_call add', '    llm_call openai/gpt-x-served'],
      ],
    );
  });

  test('runs at once do not mix', async () => {
    context.answer = (body) => {
      const [{ content }] = itemsOf(body);
      const id = Number(content);
      const counts = { input: 100 + id, output: id };
      if (hasResult(body)) return { text: `answer ${id}`, ...counts };
      const tools = ['x', 'y'].map((each) => ({
        name: 'add',
        args: { a: `${each}${id}` },
        id: `${each}-${id}`,
      }));
      return { tools, ...counts };
    };
    const inner = traceTool('inner', (a) => a);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const start = (id) =>
      run(agent(`agent ${id}`, { tools: [tool('add', async ({ a }) => inner(a))] }), `${id}`);
    context.use({ captureContent: true });
    await Promise.all(numbers.map(start));
    const apart = await context.sent();
    assert.equal(apart.length, 20);
    for (const trace of apart)
      check(trace, Number(trace.name.split(' ')[1]), steps(trace, 'agent')[0]);
    await context.client.trace('All', () => Promise.all(numbers.map(start)))();
    const [all] = await context.sent();
    for (const step of steps(all, 'agent'))
      check(all, Number(step.description.split(' ')[1]), step);

    function check(trace, id, root) {
      const below = (step) => {
        const parent = trace.steps[step.metadata?.parent_step - 1];
        return parent !== undefined && (parent === root || below(parent));
      };
      const own = trace.steps.filter(below);
      const calls = own.filter(({ action }) => action === 'llm_call');
      assert.deepEqual(
        calls.map(({ llm_call: call }) => [call.prompt_tokens, call.completion_tokens]),
        [
          [100 + id, id],
          [100 + id, id],
        ],
      );
      const tools = own.filter(({ description }) => description === 'add');
      assert.deepEqual(
        tools.map((step) => [
          step.metadata.tool_call_id,
          step.metadata.requested_by_step,
          step.tool_call.input_summary,
          own.find(({ metadata }) => metadata.parent_step === step.step_number)?.tool_call
            .output_summary,
        ]),
        ['x', 'y'].map((each) => [
          `${each}-${id}`,
          calls[0].step_number,
          `{"a":"${each}${id}"}`,
          `${each}${id}`,
        ]),
      );
    }
  });

  test('traceIncludeSensitiveData: false wins; tokens are those of the turn', async () => {
    context.use({ captureContent: true });
    const runner = new Runner({ traceIncludeSensitiveData: false });
    await runner.run(
      helper(() => SECRET),
      SECRET,
    );
    const [trace] = await context.sent();
    assert.ok(!JSON.stringify(trace).includes(SECRET));
    assert.equal(trace.llm_usage.total_tokens, 30);
    assert.equal(steps(trace, 'tool_call').length, 1);
  });

  test('setTracingDisabled and tracingDisabled win', async () => {
    sdk.setTracingDisabled(true);
    try {
      await run(helper(), 'hi');
    } finally {
      sdk.setTracingDisabled(false);
    }
    await new Runner({ tracingDisabled: true }).run(helper(), 'hi');
    assert.deepEqual(await context.sent(), []);
  });

  test('without task and turn spans, and with the chat API, the same is recorded', async () => {
    sdk.setOpenAIAPI('chat_completions');
    try {
      const runner = new Runner({ tracing: { includeTaskAndTurnSpans: false } });
      await runner.run(helper(), 'hi');
      await assert.rejects(runner.run(helper(), 'hi', { maxTurns: 1 }));
      const [trace, failed] = await context.sent();
      assert.deepEqual(outline(trace), [
        'agent helper',
        '  llm_call openai/gpt-x-served',
        '  tool_call add',
        '  llm_call openai/gpt-x-served',
      ]);
      assert.equal(trace.llm_usage.total_tokens, 30);
      assert.equal(steps(trace, 'llm_call')[0].metadata.finish_reason, 'tool_calls');
      assert.equal(steps(trace, 'tool_call')[0].metadata.tool_call_id, 'c1');
      assert.equal(failed.errors[0].error_type, 'MaxTurnsExceededError');
    } finally {
      sdk.setOpenAIAPI('responses');
    }
  });

  test('another processor may be slow', async () => {
    const slow = async () => {
      for (let i = 0; i < 50; i += 1) await null;
    };
    const other = {
      onTraceStart: slow,
      onTraceEnd: async () => {},
      onSpanStart: slow,
      onSpanEnd: slow,
      shutdown: async () => {},
      forceFlush: async () => {},
    };
    context.use({ others: [other] });
    // The tool runs before we hear of its span.
    await run(helper(traceTool('inner', add)), 'hi');
    const [trace] = await context.sent();
    assert.deepEqual(outline(trace).slice(2, 5), [
      '    llm_call openai/gpt-x-served',
      '    tool_call add',
      '      tool_call inner',
    ]);
    assert.equal(trace.llm_usage.total_tokens, 30);
    assert.equal(steps(trace, 'tool_call')[0].metadata.requested_by_step, 4);
  });

  test('the requests and results are those of a run without us', async () => {
    const seen = async () => {
      context.model.calls.length = 0;
      const result = await run(helper(), 'hi');
      const bodies = context.model.calls.map(({ body }) =>
        JSON.stringify(body).replaceAll(/answer_\d+/g, ''),
      );
      return [result.finalOutput, result.newItems.length, ...bodies];
    };
    const traced = await seen();
    sdk.setTraceProcessors([]);
    assert.deepEqual(await seen(), traced);
  });

  test('a run that two processors see is recorded once', async () => {
    context.use({ others: [new InfiniumTracingProcessor(context.client)] });
    await run(helper(), 'hi');
    assert.equal((await context.sent()).length, 1);
  });

  test('without a client nothing is recorded', async () => {
    sdk.setTraceProcessors([new InfiniumTracingProcessor()]);
    assert.equal((await run(helper(), 'hi')).finalOutput, 'done');
    assert.deepEqual(await context.sent(), []);
  });

  test('wrong options are refused', () => {
    assert.throws(() => new InfiniumTracingProcessor({}), ValidationError);
    assert.throws(() => new InfiniumTracingProcessor(context.client, { captureContent: 'no' }), {
      field: 'captureContent',
    });
  });
}
