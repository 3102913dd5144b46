// What `watchQuery` costs the main thread for each answer of a model or tool call: the time to read a query that yields
// its messages at once, with and without it, in turns. The messages do not come from a program, whose noise is larger.
//
// Run it with Node.js 24: node bench/frameworks/claude-agent-sdk.mjs
import { createRequire } from 'node:module';

const load = (/** @type {string} */ name) =>
  createRequire(import.meta.url)(`../../dist/${name}.js`);
const { AsyncInfiniumClient } = load('index');
const { watchQuery } = load('claude-agent-sdk');

const TOOLS = 10;
const ROUNDS = 60;
const RUNS = 40;
/** Answers with a tool call each, and the last answer. */
const CALLS = 2 * TOOLS + 1;

const usage = { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 100 };
const says = (/** @type {string} */ id, /** @type {object} */ block) => ({
  type: 'assistant',
  parent_tool_use_id: null,
  message: { id, model: 'instant', content: [block], stop_reason: 'end_turn', usage },
});
const messages = [
  { type: 'system', subtype: 'init', model: 'instant', tools: ['Bash'], session_id: 's' },
  ...Array.from({ length: TOOLS }, (_, index) => [
    says(`m${index}`, {
      type: 'tool_use',
      id: `t${index}`,
      name: 'Bash',
      input: { command: 'ls' },
    }),
    {
      type: 'user',
      parent_tool_use_id: null,
      message: { content: [{ type: 'tool_result', tool_use_id: `t${index}`, content: 'a.txt' }] },
    },
  ]).flat(),
  says('last', { type: 'text', text: 'done' }),
  { type: 'result', subtype: 'success', result: 'done', total_cost_usd: 0.1, usage: {} },
];

async function* query() {
  yield* messages;
}

const client = new AsyncInfiniumClient({ enabled: false });
const watched = watchQuery(query, { client, captureContent: process.env.CONTENT === '1' });

/** @returns {Promise<number>} microseconds of the main thread for one call */
async function measure(/** @type {() => AsyncIterable<object>} */ start) {
  const before = process.threadCpuUsage();
  for (let run = 0; run < RUNS; run += 1) for await (const _ of start());
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / RUNS / CALLS;
}

const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
/** @type {number[]} */
const plain = [];
/** @type {number[]} */
const traced = [];
for (let round = 0; round < ROUNDS; round += 1) {
  plain.push(await measure(query));
  traced.push(await measure(watched));
}
const [without, with_] = [median(plain.slice(10)), median(traced.slice(10))];
console.log(
  `${without.toFixed(1)} µs a call without, ${with_.toFixed(1)} µs with: ${(with_ - without).toFixed(1)} µs more`,
);
await client.close();
