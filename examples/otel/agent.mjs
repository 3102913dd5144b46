// Both directions of OpenTelemetry. An agent that is instrumented by hand, with spans of the GenAI conventions, becomes
// a trace; and a trace of `client.trace` becomes spans.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine, INFINIUM_BASE_URL. The model is
// a fake. Run it with: node examples/otel/agent.mjs

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { InfiniumClient, traceTool } from 'infinium-o2';
import { exportToOtel, InfiniumSpanProcessor } from 'infinium-o2/otel';

const client = new InfiniumClient();
/** Stands for the exporter of yours, such as that of OTLP. */
const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({
  spanProcessors: [new InfiniumSpanProcessor(client), new SimpleSpanProcessor(exporter)],
});
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const stop = exportToOtel(client, provider);

// Spans become a trace.
const tracer = trace.getTracer('mountains');

/**
 * Runs a function in a span.
 *
 * @template T
 * @param {string} name
 * @param {import('@opentelemetry/api').Attributes} attributes
 * @param {() => T | Promise<T>} fn
 */
function within(name, attributes, fn) {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await fn();
    } finally {
      span.end();
    }
  });
}

/** Asks the fake model. */
function ask(/** @type {string} */ answer) {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.usage.input_tokens': 42,
    'gen_ai.usage.output_tokens': 12,
  };
  return within('chat gpt-4o-mini', attributes, () => answer);
}

const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'mountain guide' };
const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look_up' };
await within('invoke_agent mountain guide', agent, async () => {
  await ask('look_up');
  await within('execute_tool look_up', tool, () => within('GET /mont-blanc', {}, () => 4806));
  console.log(await ask('Mont Blanc is 4806 m high.'));
});

// A trace becomes spans.
const toFeet = traceTool('to_feet', (/** @type {number} */ metres) => Math.round(metres / 0.3048));
client.trace('convert', () => toFeet(4806))();
const written = exporter
  .getFinishedSpans()
  .filter(({ instrumentationScope }) => instrumentationScope.name === 'infinium-o2');
for (const { name } of written) console.log(name);

stop();
await provider.shutdown();
await client.close();
