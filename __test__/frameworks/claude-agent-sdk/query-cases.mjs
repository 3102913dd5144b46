// What is recorded of queries. Each version of the SDK has a file that runs these.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outline, steps } from '../platform.mjs';
import { event, init, result, returns, says, text, toolUse, usage } from './script.mjs';
import { simple } from './setup.mjs';

const SECRET = 'the secret of the pyramids';

/** @param {any} context that of `setup` */
export function testQueries(context) {
  const { play, sent } = context;

  test('a query is a trace with a call for each answer, its tools, and the reported cost', async () => {
    const seen = await play(simple);
    assert.equal(seen.length, simple.length);
    const [trace, ...others] = await sent();
    assert.deepEqual(others, []);
    assert.equal(trace.name, 'Claude Agent');
    assert.deepEqual(outline(trace), [
      'llm_call anthropic/claude-test',
      'tool_call Bash',
      'llm_call anthropic/claude-test',
    ]);
    assert.deepEqual(
      steps(trace, 'llm_call').map(({ llm_call: call }) => [
        call.prompt_tokens,
        call.completion_tokens,
      ]),
      [
        [10, 7],
        [20, 9],
      ],
    );
    const [tool] = steps(trace, 'tool_call');
    assert.deepEqual(tool.metadata, { tool_call_id: 't1', requested_by_step: 2 });
    const { metadata } = trace.steps[0];
    assert.deepEqual(
      [metadata.num_turns, metadata.cost_usd, metadata.session_id, metadata.result],
      [2, 0.25, 'session-1', 'success'],
    );
    assert.equal(metadata.model_usage['claude-test'].cost_usd, 0.25);
    assert.equal(trace.llm_usage.estimated_cost_usd, 0.25);
    assert.equal(trace.environment.custom_tags.session_id, 'session-1');
    assert.equal(trace.errors, undefined);
  });

  test('content is recorded only if it is asked for', async () => {
    const messages = [
      init(),
      says('m1', [text(SECRET), toolUse('t1', 'Bash', { command: SECRET })]),
      returns('t1', SECRET, { isError: true }),
      says('m2', [text(SECRET)]),
      result({ result: SECRET }),
    ];
    await play(messages, { prompt: SECRET });
    assert.ok(!JSON.stringify(await sent()).includes(SECRET));
    await play(messages, { prompt: SECRET, captureContent: true });
    const [trace] = await sent();
    assert.deepEqual([trace.input_summary, trace.output_summary], [SECRET, SECRET]);
    const [first, second] = steps(trace, 'llm_call');
    assert.deepEqual([first.input_preview, first.output_preview], [SECRET, SECRET]);
    assert.match(second.input_preview, new RegExp(SECRET));
    const [{ tool_call: called }] = steps(trace, 'tool_call');
    assert.equal(called.error.message, SECRET);
    assert.match(called.input_summary, new RegExp(SECRET));
  });

  test('the tokens of a cache are part of the prompt', async () => {
    const counts = usage(10, 5, { cache_read_input_tokens: 100, cache_creation_input_tokens: 40 });
    await play([init(), says('m1', [text('x')], { counts }), result()]);
    const [trace] = await sent();
    const [{ llm_call: call, metadata }] = steps(trace, 'llm_call');
    assert.equal(call.prompt_tokens, 150);
    assert.deepEqual([metadata.cached_tokens, metadata.cache_creation_tokens], [100, 40]);
  });

  test('partial messages tell the final tokens and the time to the first', async () => {
    const message = { id: 'm1', model: 'claude-test', content: [], usage: usage(10, 1) };
    await play(
      [
        init(),
        event({ type: 'message_start', message }),
        event(
          { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x' } },
          { ttft_ms: 12 },
        ),
        says('m1', [text('x')], { counts: usage(10, 1) }),
        event({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn' },
          usage: { output_tokens: 33 },
        }),
        result({ usage: usage(10, 50) }),
      ],
      { options: { includePartialMessages: true } },
    );
    const [trace] = await sent();
    const [call, ...others] = steps(trace, 'llm_call');
    assert.deepEqual(others, []);
    assert.equal(call.llm_call.completion_tokens, 33);
    assert.equal(call.metadata.finish_reason, 'end_turn');
    assert.equal(call.metadata.time_to_first_token_ms, 12);
  });

  test('without partial messages, tokens that only the result tells are shared out', async () => {
    const counts = usage(10, 1);
    await play([
      init(),
      says('m1', [text('x'.repeat(10))], { counts }),
      says('m2', [text('x'.repeat(30))], { counts }),
      result({ usage: usage(20, 42) }),
    ]);
    const [trace] = await sent();
    assert.deepEqual(
      steps(trace, 'llm_call').map(({ llm_call: call }) => call.completion_tokens),
      [11, 31],
    );
    assert.equal(steps(trace, 'llm_call')[0].metadata.completion_tokens_estimated, true);
  });

  test('parallel tools have their own results, by their ids', async () => {
    await play(
      [
        init(),
        says('m1', [toolUse('t1', 'Bash', { n: 1 }), toolUse('t2', 'Bash', { n: 2 })]),
        returns('t2', 'second', { isError: true }),
        returns('t1', 'first'),
        result(),
      ],
      { captureContent: true },
    );
    const [trace] = await sent();
    assert.deepEqual(
      steps(trace, 'tool_call').map(({ metadata, tool_call: call }) => [
        metadata.tool_call_id,
        metadata.requested_by_step,
        call.input_summary,
        call.error?.message ?? call.output_summary,
      ]),
      [
        ['t1', 2, '{"n":1}', 'first'],
        ['t2', 2, '{"n":2}', 'second'],
      ],
    );
  });

  test('a subagent is an agent below its tool, with its own calls', async () => {
    const task = (id) => toolUse(id, 'Task', { subagent_type: 'explorer', prompt: 'p' });
    await play([
      init(),
      says('m1', [task('t1'), task('t2')]),
      says('s1', [toolUse('t3', 'Bash', {})], { parent: 't1', counts: usage(3, 1) }),
      says('s2', [text('b')], { parent: 't2', counts: usage(4, 2) }),
      returns('t3', 'x', { parent: 't1' }),
      says('s3', [text('a')], { parent: 't1' }),
      returns('t1', 'x'),
      returns('t2', 'x', { isError: true }),
      says('m2', [text('done')]),
      result(),
    ]);
    const [trace] = await sent();
    assert.deepEqual(outline(trace), [
      'llm_call anthropic/claude-test',
      'tool_call Task',
      '  agent explorer',
      '    llm_call anthropic/claude-test',
      '    tool_call Bash',
      '    llm_call anthropic/claude-test',
      'tool_call Task !',
      '  agent explorer !',
      '    llm_call anthropic/claude-test',
      'llm_call anthropic/claude-test',
    ]);
    assert.equal(steps(trace, 'llm_call').length, 5);
  });

  test('a subagent in the background goes on after the result of its tool', async () => {
    const details = { status: 'async_launched', agentId: 'a' };
    await play([
      init(),
      says('m1', [toolUse('t1', 'Agent', { subagent_type: 'explorer' })]),
      { type: 'system', subtype: 'task_started', tool_use_id: 't1', subagent_type: 'explorer' },
      returns('t1', 'started', { details }),
      says('m2', [text('meanwhile')]),
      says('s1', [text('found')], { parent: 't1' }),
      {
        type: 'system',
        subtype: 'task_notification',
        task_id: 'a',
        tool_use_id: 't1',
        status: 'failed',
      },
      result(),
    ]);
    const [trace] = await sent();
    assert.deepEqual(outline(trace).slice(1, 4), [
      'tool_call Agent',
      '  agent explorer !',
      '    llm_call anthropic/claude-test',
    ]);
  });

  test('denied tools, hooks and retries are recorded', async () => {
    await play([
      init(),
      { type: 'system', subtype: 'hook_started', hook_id: 'h', hook_name: 'check' },
      {
        type: 'system',
        subtype: 'hook_response',
        hook_id: 'h',
        hook_event: 'PreToolUse',
        outcome: 'success',
        exit_code: 0,
      },
      { type: 'system', subtype: 'api_retry', attempt: 1, error: 'overloaded', error_status: 529 },
      says('m1', [toolUse('t1', 'Bash', {})]),
      { type: 'system', subtype: 'permission_denied', tool_use_id: 't1', tool_name: 'Bash' },
      returns('t1', 'denied', { isError: true }),
      result({ permission_denials: [{ tool_name: 'Bash', tool_use_id: 't1', tool_input: {} }] }),
    ]);
    const [trace] = await sent();
    assert.deepEqual(outline(trace), [
      'hook check',
      'llm_call anthropic/claude-test !',
      'llm_call anthropic/claude-test',
      'tool_call Bash !',
    ]);
    const [failed] = steps(trace, 'llm_call');
    assert.equal(failed.error.error_type, 'overloaded');
    assert.equal(failed.metadata.http_status, 529);
    assert.equal(steps(trace, 'tool_call')[0].metadata.permission_denied, true);
    assert.deepEqual(trace.steps[0].metadata.permission_denials, ['Bash']);
  });
}
