// What the handler for LangChain costs: the time of the main thread for each model call and tool call of an agent,
// beside the same agent without the handler. Run it with Node.js 24: node bench/frameworks/langchain.mjs, after
// node scripts/frameworks.mjs langchain and npm ci --prefix bench, which install the packages. Beside it: LangSmith's
// tracer, whose requests are answered from memory, and Langfuse's handler, whose spans are dropped when they are exported.
import { compare, dropping, loader, loadRival, OPTIONS } from './measure.mjs';

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

const { LangChainTracer } = await load('@langchain/core/tracers/tracer_langchain');
const { Client } = await load('langsmith');
const fetchImplementation = async () => new Response('{}', { status: 202 });
const langsmith = new Client({ apiUrl: 'http://memory', apiKey: 'none', fetchImplementation });
const { CallbackHandler } = await loadRival('@langfuse/langchain');
const { setLangfuseTracerProvider } = await loadRival('@langfuse/tracing');
const { BasicTracerProvider, BatchSpanProcessor } = await loadRival(
  '@opentelemetry/sdk-trace-base',
);
const spans = new BatchSpanProcessor(dropping, { maxQueueSize: 100_000 });
setLangfuseTracerProvider(new BasicTracerProvider({ spanProcessors: [spans] }));

const client = new InfiniumClient(OPTIONS);
const sent = () => client.flush();
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
    ours: [runWith([new InfiniumCallbackHandler(client)]), sent],
    'ours, with content': [
      runWith([new InfiniumCallbackHandler(client, { captureContent: true })]),
      sent,
    ],
    Langfuse: [runWith([new CallbackHandler()]), () => spans.forceFlush()],
  },
  { calls: 2 * CALLS },
);
// By itself: it leaves more garbage than all others together, and they would pay for it.
await compare(
  'LangChain',
  {
    alone: runWith([]),
    LangSmith: [
      runWith([new LangChainTracer({ client: langsmith })]),
      () => langsmith.awaitPendingTraceBatches(),
    ],
  },
  { calls: 2 * CALLS },
);
await client.close();
