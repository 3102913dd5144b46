// Spans of real instrumentations: AI SDK 6 and 7, OpenInference, OpenLLMetry, and OpenTelemetry's own.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, beforeEach, describe, it } from 'node:test';
import { OpenTelemetry } from '@ai-sdk/otel';
import { metrics } from '@opentelemetry/api';
import * as ai7 from 'ai';
import { convertArrayToReadableStream, MockLanguageModelV4 } from 'ai/test';
import * as ai6 from 'ai-6';
import { MockLanguageModelV3 } from 'ai-6/test';
import { watch } from 'infinium-o2';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { z } from 'zod';
import { startFakeProvider } from '../../../examples/support/fake-provider.mjs';
import { makeProvider, outline, startPlatform, trace, within } from './support.mjs';

const load = createRequire(import.meta.url);
const platform = await startPlatform();
const { client } = platform;
const provider = makeProvider(new InfiniumSpanProcessor(client, { captureContent: true }));
const tracer = provider.getTracer('ai');
// AI SDK 7 uses the tracer of the process.
trace.setGlobalTracerProvider(provider);
const openaiServer = await startFakeProvider();
after(() => Promise.all([platform.close(), openaiServer.stop()]));
beforeEach(async () => {
  await platform.traces();
  platform.bodies.length = 0;
});

const USAGE = {
  inputTokens: { total: 30, noCache: 10, cacheRead: 15, cacheWrite: 5 },
  outputTokens: { total: 8, text: 6, reasoning: 2 },
};
/** What the fake model of the AI SDK answers: a tool, and then a text. */
const ANSWERS = [
  {
    content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'add', input: '{"a":1}' }],
    finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
    usage: USAGE,
    warnings: [],
  },
  {
    content: [{ type: 'text', text: 'it is 2' }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: USAGE,
    warnings: [],
    response: { id: 'r2', modelId: 'served' },
  },
];

const chunksOf = ({ content, finishReason, usage, response }) => [
  { type: 'stream-start', warnings: [] },
  ...(response ? [{ type: 'response-metadata', ...response }] : []),
  ...content.flatMap((part) =>
    part.type === 'text'
      ? [
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: part.text },
          { type: 'text-end', id: '1' },
        ]
      : [part],
  ),
  { type: 'finish', finishReason, usage },
];

function modelOf(Model) {
  const answers = [...ANSWERS];
  return new Model({
    provider: 'anthropic.messages',
    modelId: 'asked',
    doGenerate: async () => answers.shift(),
    doStream: async () => ({ stream: convertArrayToReadableStream(chunksOf(answers.shift())) }),
  });
}

ai7.registerTelemetry(new OpenTelemetry());

const SDKS = {
  'AI SDK 6': {
    sdk: ai6,
    Model: MockLanguageModelV3,
    more: { experimental_telemetry: { isEnabled: true, functionId: 'adder', tracer } },
  },
  'AI SDK 7': {
    sdk: ai7,
    Model: MockLanguageModelV4,
    more: { telemetry: { isEnabled: true, functionId: 'adder' } },
  },
};

for (const [name, { sdk, Model, more }] of Object.entries(SDKS)) {
  for (const method of ['generateText', 'streamText']) {
    it(`${name}, ${method}: calls and tokens count once, tools know who asked`, async () => {
      const tools = {
        add: sdk.tool({
          inputSchema: z.object({ a: z.number() }),
          execute: async ({ a }) => a + 1,
        }),
      };
      const result = await sdk[method]({
        model: modelOf(Model),
        prompt: 'one more',
        tools,
        stopWhen: (sdk.stepCountIs ?? sdk.isStepCount)(3),
        ...more,
      });
      assert.equal(await (method === 'streamText' ? drain(result) : result.text), 'it is 2');
      const [body] = await platform.traces();
      assert.equal(platform.bodies.length, 1);
      assert.equal(body.name, 'adder');
      const calls = body.steps.filter(({ action }) => action === 'llm_call');
      const [tool] = body.steps.filter(({ action }) => action === 'tool_call');
      assert.equal(calls.length, 2);
      assert.deepEqual(
        [
          body.llm_usage.prompt_tokens,
          body.llm_usage.completion_tokens,
          body.llm_usage.api_calls_count,
        ],
        [60, 16, 2],
      );
      assert.equal(calls[0].llm_call.provider, 'anthropic');
      assert.equal(calls[0].metadata.cached_tokens, 15);
      assert.equal(calls[1].llm_call.model, 'served');
      assert.equal(calls[1].output_preview, 'it is 2');
      assert.match(calls[0].input_preview, /user: one more/);
      assert.equal(tool.description, 'add');
      assert.equal(tool.metadata.tool_call_id, 'c1');
      assert.equal(tool.metadata.requested_by_step, calls[0].step_number);
      assert.deepEqual(
        [tool.tool_call.input_summary, tool.tool_call.output_summary],
        ['{"a":1}', '2'],
      );
    });
  }
}

async function drain(result) {
  let text = '';
  for await (const piece of result.textStream) text += piece;
  return text;
}

describe('instrumentations of OpenAI', () => {
  /** Instrumentations that patch the class of the module. */
  const NAMES = [
    '@arizeai/openinference-instrumentation-openai',
    '@traceloop/instrumentation-openai',
    '@opentelemetry/instrumentation-openai',
  ];
  // OpenTelemetry's own does not know version 7 yet.
  const module = load('openai-6');

  function instrument(name) {
    const { OpenAIInstrumentation } = load(name);
    const instrumentation = new OpenAIInstrumentation();
    instrumentation.setTracerProvider(provider);
    instrumentation.setMeterProvider(metrics.getMeterProvider());
    const [definition] = [instrumentation.init()].flat();
    definition.patch(module);
    return () => definition.unpatch(module);
  }

  const ask = (openai) =>
    openai.chat.completions.create({
      model: 'gpt',
      messages: [{ role: 'user', content: 'hello' }],
    });

  for (const name of NAMES) {
    it(`${name}: a call is a trace with its tokens`, async () => {
      const undo = instrument(name);
      try {
        await ask(new module.OpenAI({ apiKey: 'none', baseURL: openaiServer.url }));
        const [body] = await platform.traces();
        assert.equal(platform.bodies.length, 1);
        assert.deepEqual(outline(body).slice(1), ['llm_call openai/gpt']);
        const { llm_usage: usage, steps } = body;
        assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [42, 12]);
        assert.equal(steps[1].metadata.finish_reason, 'stop');
        if (name.startsWith('@open')) return;
        assert.equal(steps[1].input_preview, 'user: hello');
        assert.match(steps[1].output_preview, /You said: hello/);
      } finally {
        undo();
      }
    });
  }

  it('a call counts once with all of them, and with watch() around it or within', async () => {
    const undo = NAMES.toReversed().map(instrument);
    try {
      const openai = new module.OpenAI({ apiKey: 'none', baseURL: openaiServer.url });
      await ask(openai);
      await client.trace('watched', () => ask(watch(openai)))();
      // The client is watched already when the span begins.
      await within(tracer, 'chat gpt', { 'gen_ai.operation.name': 'chat' }, () => ask(openai));
      const bodies = await platform.traces();
      assert.equal(bodies.length, 3);
      for (const body of bodies) {
        const { llm_usage: usage } = body;
        assert.deepEqual([usage.api_calls_count, usage.prompt_tokens], [1, 42]);
        assert.deepEqual(outline(body).slice(1), ['llm_call openai/gpt']);
      }
    } finally {
      for (const each of undo.reverse()) each();
    }
  });
});
