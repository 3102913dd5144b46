// What OpenTelemetry in and out costs the main thread for each span: an agent with model calls and tool calls as spans,
// with and without the processor; and a trace of `client.trace` with steps, with and without the export. Run it with:
// node bench/frameworks/otel.mjs, after node scripts/frameworks.mjs otel, which installs the packages.
import { compare, dropping, loader, OPTIONS } from './measure.mjs';

const load = loader('otel');
const { InfiniumClient, traceTool } = await load('infinium-o2');
const { exportToOtel, InfiniumSpanProcessor } = await load('infinium-o2/otel');
const { context } = await load('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = await load('@opentelemetry/context-async-hooks');
const { BasicTracerProvider, BatchSpanProcessor } = await load('@opentelemetry/sdk-trace-base');

const CALLS = 10;
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const idle = {
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
const clients = [1, 2, 3].map(() => new InfiniumClient(OPTIONS));
const sent = (/** @type {number} */ index) => () => clients[index].flush();
const batches = new BatchSpanProcessor(dropping, { maxQueueSize: 100_000 });
const tracerWith = (/** @type {any} */ processor) =>
  new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench');

const messages = (/** @type {string} */ role) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content: 'Tell a story. '.repeat(20) }] }]);
const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'some-model',
  'gen_ai.input.messages': messages('user'),
};
const ANSWER = {
  'gen_ai.usage.input_tokens': 30,
  'gen_ai.usage.output_tokens': 10,
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.output.messages': messages('assistant'),
};
const TOOL = {
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': 'add',
  'gen_ai.tool.call.arguments': '{"a":1}',
};

/** An agent that is instrumented by hand. */
function spans(/** @type {ReturnType<typeof tracerWith>} */ tracer) {
  const agent = { attributes: { 'gen_ai.operation.name': 'invoke_agent' } };
  tracer.startActiveSpan('invoke_agent', agent, (root) => {
    for (let call = 0; call < CALLS; call += 1) {
      const chat = tracer.startSpan('chat', { attributes: CHAT });
      chat.setAttributes(ANSWER);
      chat.end();
      tracer.startSpan('execute_tool', { attributes: TOOL }).end();
    }
    root.end();
  });
}

const add = traceTool('add', () => 1);
const traceWith = (/** @type {InstanceType<typeof InfiniumClient>} */ client) =>
  client.trace('answer', () => {
    for (let call = 0; call < 2 * CALLS; call += 1) add();
  });
exportToOtel(clients[2], new BasicTracerProvider({ spanProcessors: [idle] }));

const plainTracer = tracerWith(idle);
const tracer = tracerWith(new InfiniumSpanProcessor(clients[0]));
const contentTracer = tracerWith(new InfiniumSpanProcessor(clients[0], { captureContent: true }));
const batchTracer = tracerWith(batches);
const size = { calls: 2 * CALLS, runs: 100 };
await compare(
  'OpenTelemetry, spans in',
  {
    alone: () => spans(plainTracer),
    ours: [() => spans(tracer), sent(0)],
    'ours, with content': [() => spans(contentTracer), sent(0)],
    'its own, in batches': [() => spans(batchTracer), () => batches.forceFlush()],
  },
  size,
);
await compare(
  'OpenTelemetry, traces out',
  { alone: [traceWith(clients[1]), sent(1)], ours: [traceWith(clients[2]), sent(2)] },
  size,
);
await Promise.all(clients.map((client) => client.close()));
