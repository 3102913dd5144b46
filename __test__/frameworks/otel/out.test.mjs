// Traces become spans.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, beforeEach, describe, it } from 'node:test';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { currentTrace, InfiniumClient, traceStep, traceTool, watch } from 'infinium-o2';
import { exportToOtel, InfiniumSpanProcessor } from 'infinium-o2/otel';
import {
  InMemorySpanExporter,
  makeProvider,
  outline,
  SDKS,
  SimpleSpanProcessor,
  startPlatform,
  within,
} from './support.mjs';

const platform = await startPlatform();
const { client } = platform;
const { Recorder } = createRequire(import.meta.url)('../../../dist/frameworks.js');
/** What to end after a test. */
const stops = [];
after(() => platform.close());
beforeEach(async () => {
  await platform.traces();
  platform.bodies.length = 0;
  for (const stop of stops.splice(0)) stop();
});

/** Exports the traces of the client, and returns the spans that were written. */
function exported(options, make = makeProvider) {
  const exporter = new InMemorySpanExporter();
  const provider = make(new SimpleSpanProcessor(exporter));
  stops.push(exportToOtel(client, provider, options));
  return { spans: () => exporter.getFinishedSpans(), provider };
}

/** A client of OpenAI's that answers what it is told to. */
function fakeOpenai(answer) {
  class OpenAI {
    baseURL = 'https://api.openai.com/v1';
    chat = { completions: { create: async () => answer() } };
  }
  return watch(new OpenAI());
}

const COMPLETION = {
  id: 'r1',
  model: 'gpt-served',
  choices: [
    {
      finish_reason: 'tool_calls',
      message: {
        content: 'sure',
        tool_calls: [{ id: 'c1', function: { name: 'add', arguments: '{}' } }],
      },
    },
  ],
  usage: {
    prompt_tokens: 9,
    completion_tokens: 4,
    total_tokens: 13,
    prompt_tokens_details: { cached_tokens: 5 },
  },
};

const milliseconds = ([seconds, nanoseconds]) => seconds * 1e3 + nanoseconds / 1e6;
const idOf = (span) => span.spanContext().spanId;
const parentOf = (span) => span.parentSpanContext?.spanId ?? span.parentSpanId;

/** Names of spans with that of their parent, in the order of their starts. */
function tree(spans) {
  return [...spans]
    .sort((a, b) => milliseconds(a.startTime) - milliseconds(b.startTime))
    .map((span) => [span.name, spans.find((other) => idOf(other) === parentOf(span))?.name]);
}

for (const [version, make] of Object.entries(SDKS)) {
  it(`writes a trace as spans with their parents, with the SDK of ${version}`, async () => {
    const { spans } = exported(undefined, make);
    const openai = fakeOpenai(() => COMPLETION);
    await client.trace('answer', async () => {
      await traceStep('agent', { description: 'planner' }, async () => {
        await openai.chat.completions.create({ model: 'gpt', messages: [] });
        await traceTool('add', async () => 1)();
      })();
    })();
    assert.deepEqual(tree(spans()), [
      ['invoke_agent answer', undefined],
      ['invoke_agent planner', 'invoke_agent answer'],
      ['chat gpt', 'invoke_agent planner'],
      ['execute_tool add', 'invoke_agent planner'],
    ]);
  });
}

it('writes what the conventions name', async () => {
  const { spans } = exported();
  const openai = fakeOpenai(() => COMPLETION);
  await client.trace('answer', { session: 's', user: 'u' }, async () => {
    await openai.chat.completions.create({ model: 'gpt', temperature: 0.5, messages: [] });
    await traceTool('add', async () => 1)({});
  })();
  const byName = Object.fromEntries(spans().map((span) => [span.name, span]));
  const { attributes, kind } = byName['chat gpt'];
  assert.equal(kind, 2);
  assert.deepEqual(attributes, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt',
    'gen_ai.response.model': 'gpt-served',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.usage.input_tokens': 9,
    'gen_ai.usage.output_tokens': 4,
    'gen_ai.usage.cache_read.input_tokens': 5,
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.response.id': 'r1',
  });
  assert.deepEqual(byName['execute_tool add'].attributes, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'add',
    'gen_ai.tool.call.id': 'c1',
  });
  assert.deepEqual(byName['invoke_agent answer'].attributes, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'answer',
    'gen_ai.conversation.id': 's',
    'user.id': 'u',
  });
  assert.equal(byName['chat gpt'].instrumentationScope.name, 'infinium-o2');
});

it('writes steps of all kinds', async () => {
  const { spans } = exported();
  const recorder = new Recorder('test', client, {});
  const run = recorder.start({ name: 'run' });
  run.startCall({ provider: 'bedrock', model: 'e' }, { action: 'embedding' }).end();
  for (const action of ['retrieval', 'guardrail', 'handoff'])
    run.start({ action, name: 'n' }).end();
  run.end();
  assert.deepEqual(
    spans().map(({ name, attributes }) => [name, attributes['gen_ai.operation.name']]),
    [
      ['embeddings e', 'embeddings'],
      ['retrieval n', 'retrieval'],
      ['guardrail n', undefined],
      ['handoff n', undefined],
      ['invoke_agent run', 'invoke_agent'],
    ],
  );
  assert.equal(spans()[0].attributes['gen_ai.provider.name'], 'aws.bedrock');
});

it('writes content only when asked to', async () => {
  for (const captureContent of [false, true]) {
    const { spans } = exported({ captureContent });
    client.trace('answer', (_question) => {
      traceTool('add', () => 'a secret')('a secret');
      return 'a secret';
    })('a secret');
    const text = JSON.stringify(spans().map(({ attributes }) => attributes));
    assert.equal(text.includes('a secret'), captureContent);
    stops.pop()();
  }
});

it('writes the times that the steps had', async () => {
  const { spans } = exported();
  const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
  const times = [Date.now()];
  const mark = () => times.push(Date.now());
  await client.trace('answer', async () => {
    mark();
    await wait();
    mark();
    await traceTool('wait', async () => {
      mark();
      await wait();
      mark();
    })();
    mark();
    await wait();
    mark();
  })();
  mark();
  const [tool, root] = spans();
  const [before, inRoot, beforeTool, inTool, endOfTool, afterTool, endOfRoot, end] = times;
  // Times of `Date` are whole milliseconds.
  const isBetween = (time, from, to) =>
    assert.ok(milliseconds(time) > from - 2 && milliseconds(time) < to + 2);
  isBetween(root.startTime, before, inRoot);
  isBetween(tool.startTime, beforeTool, inTool);
  isBetween(tool.endTime, endOfTool, afterTool);
  isBetween(root.endTime, endOfRoot, end);
});

it('writes errors as exceptions and statuses', async () => {
  const { spans } = exported();
  const failing = client.trace('answer', async () => {
    await traceTool('add', async () => {
      throw new RangeError('too many');
    })();
  })();
  await assert.rejects(failing, RangeError);
  assert.equal(spans().length, 2);
  for (const span of spans()) {
    assert.deepEqual(span.status, { code: 2, message: 'too many' });
    assert.equal(span.attributes['error.type'], 'RangeError');
    assert.equal(span.events[0].attributes['exception.type'], 'RangeError');
    assert.match(span.events[0].attributes['exception.stacktrace'], /^RangeError: too many\n/);
  }
});

it('puts a trace under the span in which it began', async () => {
  const { spans, provider } = exported();
  const tracer = provider.getTracer('test');
  await within(tracer, 'GET /', {}, () => client.trace('answer', async () => 1)());
  const [answer, request] = spans();
  assert.equal(parentOf(answer), idOf(request));
  assert.equal(answer.spanContext().traceId, request.spanContext().traceId);
});

it('writes traces that are not sent, and none after it was stopped', async () => {
  const off = new InfiniumClient({ enabled: false });
  const exporter = new InMemorySpanExporter();
  const stop = exportToOtel(off, makeProvider(new SimpleSpanProcessor(exporter)));
  off.trace('disabled', () => 1)();
  off.trace('local', { autoSend: false }, () => 1)();
  off.trace('sampled', { sampleRate: 0 }, () => 1)();
  stop();
  off.trace('later', () => 1)();
  assert.deepEqual(
    exporter.getFinishedSpans().map(({ name }) => name),
    ['invoke_agent disabled', 'invoke_agent local', 'invoke_agent sampled'],
  );
  await off.close();
});

it('does not break the traced function with a provider that throws', async () => {
  const broken = {
    getTracer() {
      throw new Error('broken');
    },
  };
  stops.push(exportToOtel(client, broken));
  assert.equal(client.trace('answer', () => 7)(), 7);
});

it('names the argument that is wrong', () => {
  assert.throws(() => exportToOtel({}, makeProvider()), { field: 'client' });
  assert.throws(() => exportToOtel(undefined, makeProvider()), { field: 'client' });
  assert.throws(() => exportToOtel(client, {}), { field: 'tracerProvider' });
  assert.throws(() => exportToOtel(client, makeProvider(), { captureContent: 1 }), {
    field: 'captureContent',
  });
});

describe('with a processor of the same client', () => {
  /** A program with both directions. */
  function both() {
    const exporter = new InMemorySpanExporter();
    const provider = makeProvider(
      new SimpleSpanProcessor(exporter),
      new InfiniumSpanProcessor(client),
    );
    stops.push(exportToOtel(client, provider));
    return { tracer: provider.getTracer('test'), spans: () => exporter.getFinishedSpans() };
  }

  it('spans that were written are not taken in again', async () => {
    const { spans } = both();
    client.trace('answer', () => currentTrace().setOutcome('fine'))();
    assert.equal((await platform.traces()).length, 1);
    assert.equal(spans().length, 1);
  });

  it('traces that were spans are not written again', async () => {
    const { tracer, spans } = both();
    await within(tracer, 'invoke_agent a', { 'gen_ai.operation.name': 'invoke_agent' });
    assert.equal((await platform.traces()).length, 1);
    assert.equal(spans().length, 1);
  });

  it('steps that were spans are not written again', async () => {
    const { tracer, spans } = both();
    await client.trace('answer', async () => {
      await within(tracer, 'chat m', { 'gen_ai.operation.name': 'chat' }, () =>
        traceTool('add', () => 1)(),
      );
    })();
    const [body] = await platform.traces();
    assert.deepEqual(outline(body), [
      'execution Execute answer',
      'llm_call unknown/unknown',
      'tool_call add 2',
    ]);
    assert.deepEqual(
      spans()
        .map(({ name }) => name)
        .sort(),
      ['chat m', 'execute_tool add', 'invoke_agent answer'],
    );
  });
});

it('arrives at a collector, with its names and times', async () => {
  const requests = [];
  const collector = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.end('{}');
    });
  });
  await new Promise((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${collector.address().port}/v1/traces`;
  const provider = makeProvider(new SimpleSpanProcessor(new OTLPTraceExporter({ url })));
  const stop = exportToOtel(client, provider);
  const before = Date.now();
  client.trace('answer', () => traceTool('add', () => 1)())();
  stop();
  await provider.forceFlush();
  await provider.shutdown();
  collector.close();
  const spans = requests.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['execute_tool add', 'invoke_agent answer'],
  );
  for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
    assert.ok(Math.abs(Number(startTimeUnixNano) / 1e6 - before) < 1_000);
    assert.ok(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano));
  }
});
