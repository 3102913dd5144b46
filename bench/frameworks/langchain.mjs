// What the handler for LangChain costs: the time of the main thread for each model call and tool call of an agent,
// beside the same agent without the handler. Run it with Node.js 24: node bench/frameworks/langchain.mjs, after
// node scripts/frameworks.mjs langchain, which installs the packages.
import { compare, loader, OPTIONS } from './measure.mjs';

const load = loader('langchain');
const { InfiniumClient } = await load('infinium-o2');
const { InfiniumCallbackHandler } = await load('infinium-o2/langchain');
const { BaseChatModel } = await load('@langchain/core/language_models/chat_models');
const { AIMessage } = await load('@langchain/core/messages');
const { tool } = await load('@langchain/core/tools');
const { RunnableLambda } = await load('@langchain/core/runnables');

const CALLS = 20;
const EVENTS = ['Chain', 'Tool', 'ChatModel', 'LLM'].flatMap((of) => [`${of}Start`, `${of}End`]);
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

const client = new InfiniumClient(OPTIONS);
const runWith = (/** @type {object[]} */ callbacks) => () => agent.invoke('', { callbacks });
/** A handler that does nothing, which shows what LangChain itself needs for a handler. */
const idle = Object.assign(
  { name: 'idle', awaitHandlers: true, copy: () => idle },
  Object.fromEntries(EVENTS.map((event) => [`handle${event}`, () => {}])),
);
await compare(
  'LangChain',
  {
    alone: runWith([]),
    'idle handler': runWith([idle]),
    ours: runWith([new InfiniumCallbackHandler(client)]),
    'ours, with content': runWith([new InfiniumCallbackHandler(client, { captureContent: true })]),
  },
  { calls: 2 * CALLS },
);
await client.close();
