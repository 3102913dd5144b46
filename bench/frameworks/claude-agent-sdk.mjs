// What `watchQuery` costs the main thread for each answer of a model or tool call: the time to read a query that yields
// its messages at once, with and without it, in turns. The messages do not come from a program, whose noise is larger.
//
// Run it with Node.js 24: node bench/frameworks/claude-agent-sdk.mjs
import { createRequire } from 'node:module';
import { compare, OPTIONS } from './measure.mjs';

const load = (/** @type {string} */ name) =>
  createRequire(import.meta.url)(`../../dist/${name}.js`);
const { AsyncInfiniumClient } = load('index');
const { watchQuery } = load('claude-agent-sdk');

const TOOLS = 10;
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

const client = new AsyncInfiniumClient(OPTIONS);
const sent = () => client.flush();
const read = async (/** @type {() => AsyncIterable<object>} */ start) => {
  for await (const _ of start());
};
const quiet = watchQuery(query, { client, captureContent: false });
const full = watchQuery(query, { client, captureContent: true });
await compare(
  'Claude Agent SDK',
  {
    alone: () => read(query),
    ours: [() => read(quiet), sent],
    'ours, with content': [() => read(full), sent],
  },
  { calls: CALLS, runs: 100 },
);
await client.close();
