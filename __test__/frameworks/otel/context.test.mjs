// Spans within traces, other steps within spans, and many at once.
import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { traceTool } from 'infinium-o2';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { makeProvider, outline, startPlatform, within } from './support.mjs';

const platform = await startPlatform();
const { client } = platform;
after(() => platform.close());
beforeEach(() => {
  platform.bodies.length = 0;
});

const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' };
const AGENT = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' };
const tokens = (input, output) => ({
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
});

/** A tracer whose spans go to a new processor. */
function tracerFor(options, make = makeProvider) {
  const provider = make(new InfiniumSpanProcessor(client, options));
  return Object.assign(provider.getTracer('test'), { provider });
}

describe('within client.trace', () => {
  it('spans become steps of the trace, under what they run in', async () => {
    const tracer = tracerFor();
    const answer = client.trace('outer', async () => {
      await within(tracer, 'GET', {});
      await within(tracer, 'invoke_agent helper', AGENT, async () => {
        await within(tracer, 'chat m', { ...CHAT, ...tokens(1, 2) });
        await traceTool('live', () => within(tracer, 'chat inner', { ...CHAT, ...tokens(3, 4) }))();
      });
    });
    await answer();
    const bodies = await platform.traces();
    assert.equal(bodies.length, 1);
    assert.deepEqual(outline(bodies[0]), [
      'execution Execute outer',
      'agent helper',
      'llm_call unknown/m 2',
      'tool_call live 2',
      'llm_call unknown/m 4',
    ]);
    assert.equal(bodies[0].llm_usage.total_tokens, 10);
  });

  it('a span that is around it stays out of it', async () => {
    const tracer = tracerFor();
    await within(tracer, 'invoke_agent helper', AGENT, () =>
      client.trace('inner', () => within(tracer, 'chat m', { ...CHAT, ...tokens(1, 2) }))(),
    );
    const bodies = await platform.traces();
    assert.deepEqual(bodies.map(outline), [
      ['execution Execute inner', 'llm_call unknown/m'],
      ['execution Execute helper'],
    ]);
  });

  it('a span that is open when it ends is recorded until then', async () => {
    const tracer = tracerFor();
    let open;
    client.trace('outer', () => {
      open = tracer.startSpan('chat m', { attributes: { ...CHAT, ...tokens(5, 0) } });
    })();
    open.end();
    const [body] = await platform.traces();
    assert.equal(body.llm_usage.prompt_tokens, 5);
  });
});

describe('an own tool within a span', () => {
  it('is a step of its trace, after the call that asked for it', async () => {
    const tracer = tracerFor();
    await within(tracer, 'invoke_agent helper', AGENT, async () => {
      await within(tracer, 'chat m', {
        ...CHAT,
        'gen_ai.output.messages': JSON.stringify([
          {
            role: 'assistant',
            parts: [{ type: 'tool_call', id: 'c1', name: 'add', arguments: { a: 1 } }],
          },
        ]),
      });
      await traceTool('add', () => 2)({ a: 1 });
    });
    const [body] = await platform.traces();
    assert.deepEqual(outline(body), [
      'execution Execute helper',
      'llm_call unknown/m',
      'tool_call add',
    ]);
    assert.deepEqual(body.steps[2].metadata, { tool_call_id: 'c1', requested_by_step: 2 });
    assert.deepEqual(body.steps[1].metadata.tool_calls, ['add']);
  });
});

describe('many at once', () => {
  it('are not mixed', async () => {
    const tracer = tracerFor();
    const run = async (index) =>
      within(tracer, 'run', { ...AGENT, 'gen_ai.agent.name': `agent ${index}` }, async () => {
        const ask = (name) =>
          within(
            tracer,
            'chat',
            { ...CHAT, 'gen_ai.request.model': `m${index}`, ...tokens(index, 1) },
            async () => {
              await new Promise(setImmediate);
              return name;
            },
          );
        await ask('a');
        await Promise.all(
          ['x', 'y'].map((name) =>
            within(
              tracer,
              'tool',
              { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `${name}${index}` },
              () => ask(name),
            ),
          ),
        );
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => run(index)));
    const bodies = await platform.traces();
    assert.equal(bodies.length, 20);
    for (const body of bodies) {
      const index = Number(body.name.replace('agent ', ''));
      assert.deepEqual(outline(body), [
        `execution Execute agent ${index}`,
        `llm_call unknown/m${index}`,
        `tool_call x${index}`,
        `llm_call unknown/m${index} 3`,
        `tool_call y${index}`,
        `llm_call unknown/m${index} 5`,
      ]);
      assert.equal(body.llm_usage.prompt_tokens, 3 * index);
    }
  });
});
