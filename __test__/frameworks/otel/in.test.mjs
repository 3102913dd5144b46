// Spans become traces.
import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { context, makeProvider, outline, SDKS, startPlatform, trace, within } from './support.mjs';

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

for (const [version, make] of Object.entries(SDKS)) {
  describe(`the SDK of ${version}`, () => {
    it('gives spans of agents, models and tools as one trace with their parents and times', async () => {
      const tracer = tracerFor(undefined, make);
      const start = 1_700_000_000_000;
      const at = (ms) => [start / 1000, ms * 1e6];
      const root = tracer.startSpan('invoke_agent helper', { attributes: AGENT, startTime: at(0) });
      const inRoot = trace.setSpan(context.active(), root);
      const chat = tracer.startSpan('chat m', { attributes: CHAT, startTime: at(10) }, inRoot);
      chat.setAttributes({ ...tokens(12, 5), 'gen_ai.provider.name': 'openai' });
      chat.end(at(60));
      const http = tracer.startSpan('POST', { startTime: at(70) }, inRoot);
      const tool = tracer.startSpan(
        'execute_tool add',
        {
          attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'add' },
          startTime: at(80),
        },
        trace.setSpan(context.active(), http),
      );
      tool.end(at(95));
      http.end(at(96));
      root.end(at(120));
      const [body] = await platform.traces();
      assert.equal(platform.bodies.length, 1);
      assert.deepEqual(outline(body), [
        'execution Execute helper',
        'llm_call openai/m',
        'tool_call add',
      ]);
      assert.deepEqual(
        [body.name, body.duration, body.steps[0].duration_ms, body.current_datetime],
        ['helper', 0.12, 120, new Date(start + 120).toISOString()],
      );
      assert.equal(body.steps[1].llm_call.latency_ms, 50);
      assert.deepEqual([body.steps[2].duration_ms, body.steps[2].tool_call.duration_ms], [15, 15]);
      assert.deepEqual(
        [
          body.llm_usage.prompt_tokens,
          body.llm_usage.completion_tokens,
          body.llm_usage.api_calls_count,
        ],
        [12, 5, 1],
      );
      assert.equal(body.steps[0].metadata.otel_trace_id, root.spanContext().traceId);
    });

    it('leaves out spans that have nothing to do with agents', async () => {
      const tracer = tracerFor(undefined, make);
      await within(tracer, 'GET /', { 'http.request.method': 'GET' }, () =>
        within(tracer, 'SELECT', { 'db.system.name': 'postgresql' }),
      );
      assert.deepEqual(await platform.traces(), []);
    });
  });
}

describe('a trace', () => {
  it('is that of a request which contains an agent, under the name of the agent', async () => {
    const tracer = tracerFor();
    await within(tracer, 'POST /ask', { 'http.request.method': 'POST' }, () =>
      within(tracer, 'middleware', {}, () =>
        within(tracer, 'invoke_agent helper', AGENT, () =>
          within(tracer, 'chat m', { ...CHAT, ...tokens(1, 1) }),
        ),
      ),
    );
    const [body] = await platform.traces();
    assert.equal(body.name, 'helper');
    assert.deepEqual(outline(body), [
      'execution Execute helper',
      'agent helper',
      'llm_call unknown/m 2',
    ]);
  });

  it('is known by attributes that are set later', async () => {
    const tracer = tracerFor();
    await within(tracer, 'work', {}, async (span) => {
      await within(tracer, 'ask', {}, (inner) => inner.setAttributes({ ...CHAT, ...tokens(2, 1) }));
      span.setAttributes(AGENT);
    });
    const [body] = await platform.traces();
    assert.deepEqual(outline(body), ['execution Execute helper', 'llm_call unknown/m']);
  });

  it('has its steps in the order of their starts, also of spans that are told late', async () => {
    const tracer = tracerFor();
    const now = Date.now();
    await within(tracer, 'invoke_agent helper', AGENT, async () => {
      await within(tracer, 'chat second', { ...CHAT, 'gen_ai.request.model': 'second' });
      const early = tracer.startSpan('chat first', {
        startTime: [Math.floor(now / 1000) - 100, 0],
        attributes: { ...CHAT, 'gen_ai.request.model': 'first' },
      });
      early.end();
    });
    const [body] = await platform.traces();
    assert.deepEqual(
      body.steps.slice(1).map(({ llm_call: call }) => call.model),
      ['first', 'second'],
    );
  });

  it('has a step after the one that it is in, whatever their clocks say', async () => {
    const tracer = tracerFor();
    await within(tracer, 'invoke_agent helper', AGENT, () =>
      within(tracer, 'invoke_agent inner', { ...AGENT, 'gen_ai.agent.name': 'inner' }, () => {
        tracer.startSpan('chat m', { startTime: [1_000, 0], attributes: CHAT }).end();
      }),
    );
    const [body] = await platform.traces();
    assert.deepEqual(outline(body).slice(1), ['agent inner', 'llm_call unknown/m 2']);
  });

  it('has tools with the last call before them that asked, if no ids tell it', async () => {
    const tracer = tracerFor();
    const asking = {
      ...CHAT,
      'gen_ai.output.messages':
        '[{"role":"assistant","parts":[{"type":"tool_call","name":"add"}]}]',
    };
    const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'add' };
    await within(tracer, 'invoke_agent helper', AGENT, async () => {
      for (const attributes of [asking, tool, asking, tool]) await within(tracer, 'x', attributes);
    });
    const [body] = await platform.traces();
    assert.deepEqual(
      body.steps.map(({ metadata }) => metadata?.requested_by_step),
      [undefined, undefined, 2, undefined, 4],
    );
  });

  it('waits for a span that ends after its root', async () => {
    const tracer = tracerFor();
    const root = tracer.startSpan('invoke_agent helper', { attributes: AGENT });
    const inRoot = trace.setSpan(context.active(), root);
    const stream = tracer.startSpan('chat m', { attributes: CHAT }, inRoot);
    root.end();
    assert.deepEqual(await platform.traces(), []);
    stream.setAttributes(tokens(3, 4));
    stream.end();
    const [body] = await platform.traces();
    assert.equal(body.llm_usage.completion_tokens, 4);
  });

  it('is sent 30 s after its root, with what is known', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const tracer = tracerFor();
    const root = tracer.startSpan('invoke_agent helper', { attributes: AGENT });
    tracer.startSpan(
      'chat m',
      { attributes: { ...CHAT, ...tokens(3, 0) } },
      trace.setSpan(context.active(), root),
    );
    root.end();
    t.mock.timers.tick(29_999);
    assert.deepEqual(await platform.traces(), []);
    t.mock.timers.tick(1);
    const [body] = await platform.traces();
    assert.equal(body.llm_usage.prompt_tokens, 3);
  });

  it('is sent when the processor is flushed, but not before its root has ended', async () => {
    const tracer = tracerFor();
    const root = tracer.startSpan('invoke_agent helper', { attributes: AGENT });
    const child = tracer.startSpan(
      'chat m',
      { attributes: CHAT },
      trace.setSpan(context.active(), root),
    );
    await tracer.provider.forceFlush();
    assert.equal(platform.bodies.length, 0);
    root.end();
    await tracer.provider.forceFlush();
    assert.equal(platform.bodies.length, 1);
    child.end();
    assert.equal((await platform.traces()).length, 1);
  });

  it('is sent at the shutdown of the processor, which takes in nothing more', async () => {
    const tracer = tracerFor();
    tracer.startSpan('invoke_agent helper', { attributes: AGENT });
    await tracer.provider.shutdown();
    assert.equal(platform.bodies.length, 1);
  });

  it('is sent before it is over if there are a thousand', async () => {
    const warnings = [];
    const listen = (warning) => warnings.push(warning);
    process.on('warning', listen);
    const tracer = tracerFor();
    for (let index = 0; index <= 1_001; index += 1) {
      tracer.startSpan(`agent ${index}`, {
        attributes: { ...AGENT, 'gen_ai.agent.name': `a${index}` },
        root: true,
      });
    }
    const bodies = await platform.traces();
    process.off('warning', listen);
    assert.deepEqual(bodies.map(({ name }) => name).sort(), ['a0', 'a1']);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['INFINIUM_QUEUE'],
    );
  });

  it('has at most 2,000 steps, and those of other kinds do not count', async () => {
    const tracer = tracerFor();
    await within(tracer, 'invoke_agent helper', AGENT, async () => {
      for (let index = 0; index < 2_100; index += 1) await within(tracer, 'GET', {});
      for (let index = 0; index < 2_100; index += 1)
        await within(tracer, 'chat', { ...CHAT, ...tokens(1, 0) });
    });
    const [body] = await platform.traces();
    assert.equal(body.steps.length, 2_000);
  });

  it('has the session and the user', async () => {
    const tracer = tracerFor();
    await within(tracer, 'a', { ...AGENT, 'gen_ai.conversation.id': 's', 'user.id': 'u' });
    const [body] = await platform.traces();
    assert.deepEqual(body.environment.custom_tags, { session_id: 's', user_id: 'u' });
  });
});

describe('a local root', () => {
  const parentOf = (isRemote) =>
    trace.setSpan(
      context.active(),
      trace.wrapSpanContext({
        traceId: 'a'.repeat(32),
        spanId: 'b'.repeat(16),
        traceFlags: 1,
        isRemote,
      }),
    );

  for (const isRemote of [true, false]) {
    it(`is a span whose parent is ${isRemote ? 'remote' : 'not recorded'}`, async () => {
      const tracer = tracerFor();
      tracer.startSpan('chat', { attributes: CHAT }, parentOf(isRemote)).end();
      tracer.startSpan('chat', { attributes: CHAT }, parentOf(isRemote)).end();
      const bodies = await platform.traces();
      assert.equal(bodies.length, 2);
      assert.equal(bodies[0].steps[0].metadata.otel_trace_id, 'a'.repeat(32));
    });
  }

  it('is not a span that is sampled out', async () => {
    const processor = new InfiniumSpanProcessor(client);
    const sampler = new AlwaysOffSampler();
    const provider = new BasicTracerProvider({ spanProcessors: [processor], sampler });
    await within(provider.getTracer('test'), 'chat', CHAT);
    assert.deepEqual(await platform.traces(), []);
  });

  it('is not recorded without a client, but spans within client.trace are', async () => {
    const tracer = makeProvider(new InfiniumSpanProcessor()).getTracer('test');
    await within(tracer, 'chat', CHAT);
    await client.trace('outer', () => within(tracer, 'chat', CHAT))();
    const bodies = await platform.traces();
    assert.deepEqual(bodies.map(outline), [['execution Execute outer', 'llm_call unknown/m']]);
  });
});

describe('a failure', () => {
  it('is on the step, and on the trace if the root has failed', async () => {
    const tracer = tracerFor();
    const failing = within(tracer, 'invoke_agent helper', AGENT, () =>
      within(tracer, 'chat m', CHAT, () => {
        throw new RangeError('too many');
      }),
    );
    await assert.rejects(failing, RangeError);
    const [body] = await platform.traces();
    for (const error of [body.errors[0], body.steps[1].error]) {
      assert.equal(error.error_type, 'RangeError');
      assert.equal(error.message, 'too many');
      assert.match(error.stack_trace, /RangeError: too many\n/);
    }
    assert.equal(body.errors.length, 1);
  });

  it('is one if only the exception is recorded, and none if the span is fine all the same', async () => {
    const tracer = tracerFor();
    await within(tracer, 'helper', AGENT, async () => {
      await within(tracer, 'a', CHAT, (span) => span.recordException(new Error('recorded')));
      await within(tracer, 'b', CHAT, (span) => {
        span.recordException(new Error('retried'));
        span.setStatus({ code: 1 });
      });
      await within(tracer, 'c', { ...CHAT, 'error.type': '500' }, (span) =>
        span.setStatus({ code: 2 }),
      );
    });
    const [body] = await platform.traces();
    assert.deepEqual(
      body.steps.slice(1).map(({ error }) => error && [error.error_type, error.message]),
      [['Error', 'recorded'], undefined, ['500', '500']],
    );
    assert.equal(body.errors, undefined);
  });
});
