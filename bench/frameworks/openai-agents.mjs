// What tracing costs the main thread in a program of the OpenAI Agents SDK, for each model call or tool call: runs with a
// model that answers at once, with and without the processor, in turns.
//
// Beside it: the SDK's own processor, with an exporter that writes JSON, as that of the SDK does, and
// drops it.
//
// Run it with Node.js 24, after `node scripts/frameworks.mjs openai-agents`: node bench/frameworks/openai-agents.mjs
import { compare, loader, OPTIONS } from './measure.mjs';

const load = loader('openai-agents');
const sdk = await load('@openai/agents');
const { z } = await load('zod');
const { AsyncInfiniumClient } = await load('infinium-o2');
const { InfiniumTracingProcessor } = await load('infinium-o2/openai-agents');

const TOOLS = 10;
/** Turns with a model call and a tool call each, and the last turn. */
const CALLS = 2 * TOOLS + 1;

/** A model within this process that makes spans as those of OpenAI do. */
class Instant {
  async getResponse(/** @type {any} */ { input, tracing }) {
    return sdk.withResponseSpan(async (/** @type {any} */ span) => {
      const done = input.filter((/** @type {any} */ item) => item.type === 'function_call_result');
      const id = `call_${done.length}`;
      const output =
        done.length < TOOLS
          ? {
              type: 'function_call',
              callId: id,
              name: 'add',
              arguments: '{"a":1}',
              status: 'completed',
            }
          : {
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: 'x' }],
            };
      if (tracing === true) {
        const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
        span.spanData._input = input;
        span.spanData._response = {
          id,
          model: 'instant',
          usage,
          output: [{ type: output.type, call_id: id, name: 'add', arguments: '{"a":1}' }],
        };
      }
      return { usage: new sdk.Usage(), output: [output], responseId: id };
    });
  }
}

const client = new AsyncInfiniumClient(OPTIONS);
const sent = () => client.flush();
const own = new sdk.BatchTraceProcessor(
  { export: async (items) => void JSON.stringify(items.map((item) => item.toJSON())) },
  { maxQueueSize: 100_000 },
);
const idle = {
  onTraceStart: no,
  onTraceEnd: no,
  onSpanStart: no,
  onSpanEnd: no,
  shutdown: no,
  forceFlush: no,
};
async function no() {}

const add = sdk.tool({
  name: 'add',
  description: 'adds',
  parameters: z.object({ a: z.number() }),
  execute: async (/** @type {{ a: number }} */ { a }) => a + 1,
});
const agent = new sdk.Agent({ name: 'bench', model: new Instant(), tools: [add] });
const runWith = (/** @type {object} */ processor) => async () => {
  sdk.setTraceProcessors([processor]);
  await sdk.run(agent, 'hi', { maxTurns: 99 });
};
await compare(
  'OpenAI Agents SDK',
  {
    alone: runWith(idle),
    ours: [runWith(new InfiniumTracingProcessor(client)), sent],
    'ours, with content': [
      runWith(new InfiniumTracingProcessor(client, { captureContent: true })),
      sent,
    ],
    "the SDK's own": [runWith(own), () => own.forceFlush()],
  },
  { calls: CALLS },
);
await client.close();
