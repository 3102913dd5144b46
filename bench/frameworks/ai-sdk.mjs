// What recording costs in the AI SDK: the main thread's time for each model call and tool call, beside the same run
// without a trace. Run it with: node bench/frameworks/ai-sdk.mjs, after node scripts/frameworks.mjs ai-sdk, which
// installs the packages. It needs Node.js 24 or newer.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../examples/ai-sdk/agent.mjs', import.meta.url));
const load = (/** @type {string} */ name) => import(pathToFileURL(require.resolve(name)).href);
const { InfiniumClient } = await load('infinium-o2');
const { infiniumTelemetry } = await load('infinium-o2/ai-sdk');
const { z } = await load('zod');

/** Calls of the model in a run. Each but the last asks for a tool. */
const CALLS = 10;
const RUNS = 10;
const WARM_UP = 20;
const ROUNDS = 40;

const client = new InfiniumClient({
  agentId: '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e',
  agentSecret: 'golden-secret-0123456789',
  beforeSend: () => null,
});
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
    sdk: await load('ai'),
    specification: 'v4',
    traced: (/** @type {any} */ telemetry) => ({ telemetry: { integrations: telemetry } }),
  },
  {
    sdk: await load('ai-6'),
    specification: 'v3',
    traced: (/** @type {any} */ { tracer }) => ({
      experimental_telemetry: { isEnabled: true, tracer },
    }),
  },
];

/** @returns {number} */
const median = (/** @type {number[]} */ values) =>
  values.toSorted((a, b) => a - b)[values.length >> 1];

for (const { sdk, specification, traced } of versions) {
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
  /** @type {Record<string, object>} */
  const kinds = {
    plain: {},
    idle: traced(idle),
    recorded: traced(quiet),
    'recorded, with content': traced(full),
  };
  /** @type {Record<string, number[]>} microseconds of each call */
  const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [kind, options] of Object.entries(kinds)) {
      const start = process.threadCpuUsage();
      for (let n = 0; n < RUNS; n += 1) await run(options);
      const { user, system } = process.threadCpuUsage(start);
      if (round >= WARM_UP) times[kind].push((user + system) / (RUNS * (2 * CALLS - 1)));
    }
  }
  const base = median(times.plain);
  for (const [kind, values] of Object.entries(times)) {
    const time = median(values);
    console.log(
      `ai ${specification} ${kind}: ${time.toFixed(1)} µs per call ` +
        `(${(time - base).toFixed(1)} µs more, ${(time / base).toFixed(2)})`,
    );
  }
}
await client.close();
