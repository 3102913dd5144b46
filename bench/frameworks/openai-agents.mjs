// What tracing costs the main thread in a program of the OpenAI Agents SDK, for each model call or tool call: the time
// of a run with a model that answers at once, with and without the processor, in turns.
//
// Run it with Node.js 24, after `node scripts/frameworks.mjs openai-agents`: node bench/frameworks/openai-agents.mjs
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const example = new URL('../../examples/openai-agents/agent.mjs', import.meta.url);
const require = createRequire(example);
const load = (/** @type {string} */ name) => import(pathToFileURL(require.resolve(name)).href);
const sdk = await load('@openai/agents');
const { z } = await load('zod');
const { AsyncInfiniumClient } = await load('infinium-o2');
const { InfiniumTracingProcessor } = await load('infinium-o2/openai-agents');

const TOOLS = 10;
const ROUNDS = 60;
const RUNS = 20;
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

const client = new AsyncInfiniumClient({ enabled: false });
const processor = new InfiniumTracingProcessor(client, {
  captureContent: process.env.CONTENT === '1',
});
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

/** @returns {Promise<number>} microseconds of the CPU for one call */
async function measure(/** @type {object} */ used) {
  sdk.setTraceProcessors([used]);
  const start = process.threadCpuUsage();
  for (let run = 0; run < RUNS; run += 1) await sdk.run(agent, 'hi', { maxTurns: 99 });
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / RUNS / CALLS;
}

const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
/** @type {number[]} */
const plain = [];
/** @type {number[]} */
const traced = [];
for (let round = 0; round < ROUNDS; round += 1) {
  plain.push(await measure(idle));
  traced.push(await measure(processor));
}
const [without, with_] = [median(plain.slice(10)), median(traced.slice(10))];
console.log(
  `${without.toFixed(1)} µs a call without, ${with_.toFixed(1)} µs with: ${(with_ - without).toFixed(1)} µs more (${(with_ / without).toFixed(2)} times)`,
);
await client.close();
