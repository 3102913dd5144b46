// What the handler for LangChain costs: the time for each model call and tool call of an agent, beside the
// same agent without the handler. Run it with: node bench/frameworks/langchain.mjs, after node scripts/frameworks.mjs
// langchain, which installs the packages.
import { createRequire } from 'node:module';

const load = createRequire(new URL('../../examples/langchain/agent.mjs', import.meta.url));
const { InfiniumClient } = load('infinium-o2');
const { InfiniumCallbackHandler } = load('infinium-o2/langchain');
const { BaseChatModel } = load('@langchain/core/language_models/chat_models');
const { AIMessage } = load('@langchain/core/messages');
const { tool } = load('@langchain/core/tools');
const { RunnableLambda } = load('@langchain/core/runnables');

const CALLS = 20;
const ROUNDS = 150;
const usage_metadata = { input_tokens: 30, output_tokens: 10, total_tokens: 40 };

class Fake extends BaseChatModel {
  _llmType() {
    return 'fake';
  }

  async _generate() {
    const message = new AIMessage({ content: 'a short answer', usage_metadata });
    return { generations: [{ message, text: 'a short answer' }] };
  }
}

const model = new Fake({});
const schema = { type: 'object', properties: { a: { type: 'number' } } };
const add = tool(async ({ a }) => a + 1, { name: 'add', description: 'adds', schema });
const agent = RunnableLambda.from(async (_, config) => {
  for (let call = 0; call < CALLS; call += 1) {
    await model.invoke('a question', config);
    await add.invoke({ a: call }, config);
  }
});

/** A handler that does nothing, which shows what LangChain itself needs for a handler. */
const idle = { name: 'idle', awaitHandlers: true, copy: () => idle };
const client = new InfiniumClient({
  agentId: '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e',
  agentSecret: 'golden-secret-0123456789',
  beforeSend: () => null,
});
const kinds = {
  plain: [],
  idle: [idle],
  handler: [new InfiniumCallbackHandler(client)],
  'handler, with content': [new InfiniumCallbackHandler(client, { captureContent: true })],
};

/** @type {Record<string, number[]>} microseconds of each call */
const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [kind, callbacks] of Object.entries(kinds)) {
    const start = performance.now();
    await agent.invoke('', { callbacks });
    const time = performance.now() - start;
    if (round >= ROUNDS / 3) times[kind].push((1000 * time) / (2 * CALLS));
  }
}
await client.close();

const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
const plain = median(times.plain);
for (const [kind, values] of Object.entries(times)) {
  const time = median(values);
  const more = (time - plain).toFixed(1);
  console.log(
    `${kind}: ${time.toFixed(1)} µs per call (${more} µs more, ${(time / plain).toFixed(2)})`,
  );
}
