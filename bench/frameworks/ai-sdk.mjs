// What recording costs in the AI SDK: the main thread's time for each model call and tool call, beside the same run
// without a trace. Beside it: what the SDK itself offers for OpenTelemetry, with an exporter that drops what it has
// written. Run it with Node.js 24: node bench/frameworks/ai-sdk.mjs, after node scripts/frameworks.mjs ai-sdk and
// npm ci --prefix bench, which install the packages.
import { compare, dropping, loader, loadRival, OPTIONS } from './measure.mjs';

const load = loader('ai-sdk');
const { InfiniumClient } = await load('infinium-o2');
const { infiniumTelemetry } = await load('infinium-o2/ai-sdk');
const { z } = await load('zod');

/** Calls of the model in a run. Each but the last asks for a tool. */
const CALLS = 10;

const client = new InfiniumClient(OPTIONS);
const sent = () => client.flush();
const { BasicTracerProvider, BatchSpanProcessor } = await loadRival(
  '@opentelemetry/sdk-trace-base',
);
const spans = new BatchSpanProcessor(dropping, { maxQueueSize: 100_000 });
const tracer = new BasicTracerProvider({ spanProcessors: [spans] }).getTracer('ai');
const { OpenTelemetry } = await loadRival('@ai-sdk/otel');
/** What the SDK itself offers: an integration of version 7, and any tracer before. */
const otel = Object.assign(new OpenTelemetry({ tracer }), { tracer });
const quiet = infiniumTelemetry({ client, captureContent: false });
const full = infiniumTelemetry({ client, captureContent: true });

function fakeModel(/** @type {string} */ specificationVersion) {
  let calls = 0;
  return {
    specificationVersion,
    provider: 'fake.chat',
    modelId: 'fake-1',
    supportedUrls: {},
    async doGenerate() {
      calls += 1;
      const isLast = calls === CALLS;
      const tool = {
        type: 'tool-call',
        toolCallId: `c${calls}`,
        toolName: 'add',
        input: '{"a":1}',
      };
      const unified = isLast ? 'stop' : 'tool-calls';
      return {
        content: [isLast ? { type: 'text', text: 'a short answer' } : tool],
        finishReason: { unified, raw: unified },
        usage: {
          inputTokens: { total: 30, noCache: 30, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 10, text: 10, reasoning: 0 },
        },
        response: { id: `r${calls}`, modelId: 'fake-1', timestamp: new Date(0) },
        warnings: [],
      };
    },
  };
}

const inputSchema = z.object({ a: z.number() });

/** The options of a call that is recorded. */
const versions = [
  {
    title: 'AI SDK 7',
    sdk: await load('ai'),
    specification: 'v4',
    traced: (/** @type {any} */ telemetry) => ({ telemetry: { integrations: telemetry } }),
  },
  {
    title: 'AI SDK 6',
    sdk: await load('ai-6'),
    specification: 'v3',
    traced: (/** @type {any} */ { tracer }) => ({
      experimental_telemetry: { isEnabled: true, tracer },
    }),
  },
];

for (const { title, sdk, specification, traced } of versions) {
  const add = sdk.tool({ inputSchema, execute: async (/** @type {any} */ { a }) => a + 1 });
  const run = (/** @type {object} */ options) =>
    sdk.generateText({
      model: fakeModel(specification),
      prompt: 'a question',
      tools: { add },
      stopWhen: sdk.stepCountIs(CALLS),
      ...options,
    });
  /** A tracer that does nothing, which shows what the SDK itself needs for one. */
  const span = new Proxy(
    {},
    { get: (_, name) => (name === 'isRecording' ? () => true : () => span) },
  );
  const idle =
    specification === 'v4'
      ? { onStart() {}, executeLanguageModelCall: (/** @type {any} */ { execute }) => execute() }
      : {
          tracer: {
            startSpan: () => span,
            startActiveSpan: (/** @type {any[]} */ ...args) => args.at(-1)(span),
          },
        };
  await compare(
    title,
    {
      alone: () => run({}),
      idle: () => run(traced(idle)),
      ours: [() => run(traced(quiet)), sent],
      'ours, with content': [() => run(traced(full)), sent],
      'its OpenTelemetry': [() => run(traced(otel)), () => spans.forceFlush()],
    },
    { calls: 2 * CALLS - 1 },
  );
}
await client.close();
