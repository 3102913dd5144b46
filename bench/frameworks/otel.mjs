// What OpenTelemetry in and out costs the main thread for each span: an agent with model calls and tool calls as spans,
// with and without the processor; and a trace of `client.trace` with steps, with and without the export. Run it with:
// node bench/frameworks/otel.mjs, after node scripts/frameworks.mjs otel, which installs the packages.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../examples/otel/agent.mjs', import.meta.url));
const { InfiniumClient, traceTool } = require('infinium-o2');
const { exportToOtel, InfiniumSpanProcessor } = require('infinium-o2/otel');
const { context } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');

const CALLS = 10;
const ROUNDS = 600;
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const idle = {
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
const makeClient = () =>
  new InfiniumClient({
    agentId: '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e',
    agentSecret: 'golden-secret-0123456789',
    beforeSend: () => null,
  });
const clients = [makeClient(), makeClient(), makeClient()];
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
const kinds = {
  'spans alone': () => spans(plainTracer),
  'spans in': () => spans(tracer),
  'spans in, with content': () => spans(contentTracer),
  'trace alone': traceWith(clients[1]),
  'trace out': traceWith(clients[2]),
};

/** @type {Record<string, number[]>} microseconds of each span or step */
const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [kind, run] of Object.entries(kinds)) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    if (round >= ROUNDS / 3) times[kind].push((user + system) / (2 * CALLS));
  }
}
await Promise.all(clients.map((client) => client.close()));

const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
for (const [kind, values] of Object.entries(times)) {
  const time = median(values);
  const alone = median(times[kind.startsWith('trace') ? 'trace alone' : 'spans alone']);
  console.log(`${kind}: ${time.toFixed(1)} µs (${(time - alone).toFixed(1)} µs more)`);
}
