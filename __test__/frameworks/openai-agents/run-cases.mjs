// What is recorded of runs that succeed. Each version of the SDK has a file that runs these, and so a process of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentTrace, traceTool } from 'infinium-o2';
import { outline, steps } from '../platform.mjs';
import { hasResult } from './openai-server.mjs';

const SECRET = 'the secret of the pyramids';
const add = ({ a }) => Number(a) + 1;

/**
 * @param {any} sdk the module `@openai/agents`
 * @param {any} context that of `setup`
 */
export function testRuns(sdk, context) {
  const { run, Runner } = sdk;
  const { agent, tool } = context;
  const helper = (execute = add) => agent('helper', { tools: [tool('add', execute)] });

  test('a run is a trace named for its agent, with each step under its parent', async () => {
    const result = await run(helper(), SECRET);
    assert.equal(result.finalOutput, 'done');
    const [trace, ...others] = await context.sent();
    assert.deepEqual(others, []);
    assert.equal(trace.name, 'helper');
    assert.deepEqual(outline(trace), [
      'agent helper',
      '  turn Turn 1',
      '    llm_call openai/gpt-x-served',
      '    tool_call add',
      '  turn Turn 2',
      '    llm_call openai/gpt-x-served',
    ]);
    const [first] = steps(trace, 'llm_call');
    assert.deepEqual(first.llm_call.prompt_tokens, 10);
    assert.equal(first.metadata.response_id, 'answer_1');
    assert.deepEqual(first.metadata.tool_names, ['add']);
    const [added] = steps(trace, 'tool_call');
    assert.deepEqual(added.metadata, {
      parent_step: 3,
      tool_call_id: 'c1',
      requested_by_step: first.step_number,
    });
    assert.equal(trace.llm_usage.total_tokens, 30);
    assert.equal(trace.errors, undefined);
  });

  test('content is recorded only if it is asked for', async () => {
    await run(
      helper(() => SECRET),
      SECRET,
    );
    assert.ok(!JSON.stringify(await context.sent()).includes(SECRET));
    context.use({ captureContent: true });
    await run(
      helper(() => SECRET),
      SECRET,
    );
    const [trace] = await context.sent();
    assert.equal(trace.input_summary, SECRET);
    assert.equal(trace.output_summary, 'done');
    const [first, second] = steps(trace, 'llm_call');
    assert.equal(first.input_preview, `user: ${SECRET}`);
    assert.equal(second.output_preview, 'done');
    const [{ tool_call: called }] = steps(trace, 'tool_call');
    assert.equal(called.input_summary, '{"a":1}');
    assert.equal(called.output_summary, SECRET);
  });

  test('the tokens of a cache and of reasoning are told', async () => {
    context.answer = () => ({ text: 'x', input: 100, output: 40, cached: 64, reasoning: 30 });
    await run(agent('a'), 'hi');
    const [trace] = await context.sent();
    const [{ llm_call: call, metadata }] = steps(trace, 'llm_call');
    assert.deepEqual([call.prompt_tokens, call.completion_tokens], [100, 40]);
    assert.deepEqual([metadata.cached_tokens, metadata.reasoning_tokens], [64, 30]);
  });

  test('a named workflow names the trace; its group is the session', async () => {
    const runner = new Runner({ workflowName: 'Flow', groupId: 'g', traceMetadata: { x: '1' } });
    await runner.run(helper(), 'hi');
    const [trace] = await context.sent();
    assert.equal(trace.name, 'Flow');
    assert.equal(trace.steps[0].metadata.x, '1');
    assert.equal(trace.environment.custom_tags.session_id, 'g');
  });

  test('several runs within withTrace are one trace', async () => {
    await sdk.withTrace('Flow', async () => {
      await run(agent('a'), 'hi');
      await sdk.withCustomSpan(async () => run(agent('b'), 'hi'), { data: { name: 'own' } });
    });
    const [trace, ...others] = await context.sent();
    assert.deepEqual(others, []);
    assert.equal(trace.name, 'Flow');
    assert.deepEqual(
      outline(trace).filter((line) => !/turn|llm/.test(line)),
      ['agent a', 'custom own', '  agent b'],
    );
  });

  test('a workflow that throws has the error', async () => {
    const flow = sdk.withTrace('Flow', async () => {
      await run(agent('a'), 'hi');
      throw new Error('of the user');
    });
    await assert.rejects(flow, /of the user/);
    const [trace] = await context.sent();
    assert.equal(trace.errors.length, 1);
    assert.equal(steps(trace, 'llm_call').length, 1);
  });

  test('within a trace a run is a step of it', async () => {
    await context.client.trace('Outer', async () => {
      currentTrace().step('own', 'before').end();
      await run(helper(), 'hi');
      await new Runner({ workflowName: 'Flow' }).run(agent('other'), 'hi');
    })();
    const [trace, ...others] = await context.sent();
    assert.deepEqual(others, []);
    assert.deepEqual(
      outline(trace).filter((line) => !/turn|llm/.test(line)),
      ['own before', 'agent helper', '    tool_call add', 'agent Flow', '  agent other'],
    );
  });

  test('what a tool calls belongs to the tool', async () => {
    const inner = traceTool('inner', () => 1);
    const look = async () => {
      inner();
      await null;
      currentTrace().step('own', 'later').end();
      context.client.trace('Apart', () => inner())();
    };
    await run(helper(look), 'hi');
    const [apart, trace] = (await context.sent()).sort((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(outline(apart), ['tool_call inner']);
    assert.deepEqual(outline(trace).slice(3, 6), [
      '    tool_call add',
      '      tool_call inner',
      '      own later',
    ]);
  });

  for (const stream of [false, true]) {
    test(`a watched client is not counted twice${stream ? ', streaming' : ''}`, async () => {
      context.use({ watched: true });
      const result = await context.run(helper(), 'hi', { stream });
      if (stream) for await (const _ of result);
      const [trace] = await context.sent();
      assert.equal(context.model.calls.length, 2);
      assert.equal(steps(trace, 'llm_call').length, 2);
      assert.equal(trace.llm_usage.total_tokens, 30);
      assert.equal(steps(trace, 'tool_call')[0].metadata.requested_by_step, 4);
    });
  }

  test('a handoff has from and to, and both agents have their steps', async () => {
    context.answer = (body) =>
      body.tools?.length
        ? { tools: [{ name: 'transfer_to_writer', args: {}, id: 'h1' }] }
        : { text: 'written' };
    const triage = agent('triage', { handoffs: [agent('writer')] });
    await run(triage, 'hi');
    const [trace] = await context.sent();
    assert.equal(trace.name, 'triage');
    assert.deepEqual(
      outline(trace).filter((line) => !/turn|llm/.test(line)),
      ['agent triage', '    handoff Handoff from triage', 'agent writer'],
    );
    const [{ metadata }] = steps(trace, 'handoff');
    assert.deepEqual([metadata.from, metadata.to], ['triage', 'writer']);
  });

  test('an agent as a tool is below the tool', async () => {
    const expert = agent('expert').asTool({ toolName: 'ask', toolDescription: 'asks' });
    context.answer = (body) =>
      hasResult(body) || !body.tools?.length
        ? { text: 'done' }
        : { tools: [{ name: 'ask', args: { input: 'q' }, id: 'c1' }] };
    context.use({ captureContent: true });
    await run(agent('helper', { tools: [expert] }), 'the question');
    const [trace, ...others] = await context.sent();
    assert.deepEqual(others, []);
    assert.equal(trace.input_summary, 'the question');
    assert.deepEqual(
      outline(trace).filter((line) => !/turn|llm/.test(line)),
      ['agent helper', '    tool_call ask', '      agent expert'],
    );
  });

  test('a guardrail says whether it was triggered, and its tripwire is the error of the run', async () => {
    const guardrail = (isWrong) => ({
      name: 'polite',
      execute: async () => ({ tripwireTriggered: isWrong, outputInfo: {} }),
    });
    await run(agent('a', { inputGuardrails: [guardrail(false)] }), 'hi');
    await assert.rejects(run(agent('a', { inputGuardrails: [guardrail(true)] }), 'hi'));
    const [good, bad] = await context.sent();
    assert.equal(steps(good, 'guardrail')[0].metadata.triggered, false);
    assert.equal(good.errors, undefined);
    assert.equal(steps(bad, 'guardrail')[0].metadata.triggered, true);
    assert.equal(bad.errors[0].error_type, 'InputGuardrailTripwireTriggered');
    assert.equal(steps(bad, 'agent')[0].error.error_type, 'InputGuardrailTripwireTriggered');
  });

  test('the summaries of a run are its own, not those of an agent in a guardrail', async () => {
    context.use({ captureContent: true });
    const checker = agent('checker');
    const guardrail = {
      name: 'check',
      runInParallel: false,
      execute: async () => {
        await run(checker, 'is this polite?');
        return { tripwireTriggered: false, outputInfo: {} };
      },
    };
    await run(agent('a', { inputGuardrails: [guardrail] }), 'the question');
    const [trace, ...others] = await context.sent();
    assert.deepEqual(others, []);
    assert.equal(trace.input_summary, 'the question');
    assert.deepEqual(
      outline(trace).filter((line) => !/turn|llm/.test(line)),
      ['agent a', '  guardrail check', '    agent checker'],
    );
  });
}
