// An agent of LangChain, which runs on LangGraph, with two tools and a retriever. Its run becomes one trace.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine, INFINIUM_BASE_URL. The model is
// a fake, so that the example needs no key and costs nothing. Run it with: node examples/langchain/agent.mjs

import { BaseRetriever } from '@langchain/core/retrievers';
import { tool } from '@langchain/core/tools';
import { InfiniumClient } from 'infinium-o2';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
import { createAgent } from 'langchain';
import { z } from 'zod';
import { FakeModel } from './fake-model.mjs';

const client = new InfiniumClient();
const handler = new InfiniumCallbackHandler(client, { captureContent: true });

/** Finds what is written about a mountain. */
class Mountains extends BaseRetriever {
  lc_namespace = ['example'];

  /** @param {string} name */
  async _getRelevantDocuments(name) {
    return [{ pageContent: `${name} is 4806 m high.`, metadata: { source: 'atlas' } }];
  }
}

const mountains = new Mountains();
const lookUp = tool(
  async ({ name }) =>
    (await mountains.invoke(name)).map(({ pageContent }) => pageContent).join('\n'),
  { name: 'look_up', description: 'Looks up a mountain', schema: z.object({ name: z.string() }) },
);
const toFeet = tool(async ({ metres }) => `${Math.round(metres / 0.3048)} feet`, {
  name: 'to_feet',
  description: 'Converts metres to feet',
  schema: z.object({ metres: z.number() }),
});

const usage = (/** @type {number} */ input, /** @type {number} */ output) => ({
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
});
const model = new FakeModel([
  {
    content: '',
    tool_calls: [
      { name: 'look_up', args: { name: 'Mont Blanc' }, id: 'call-1' },
      { name: 'to_feet', args: { metres: 4806 }, id: 'call-2' },
    ],
    usage_metadata: usage(60, 20),
  },
  { content: 'Mont Blanc is 4806 m high: 15768 feet.', usage_metadata: usage(110, 15) },
]);

const agent = createAgent({ model, tools: [lookUp, toFeet], name: 'mountain guide' });
const question = 'How high is Mont Blanc, in feet?';
const { messages } = await agent.invoke(
  { messages: [{ role: 'user', content: question }] },
  { callbacks: [handler], configurable: { thread_id: 'visitor-7' } },
);
console.log(messages.at(-1)?.text);

await client.close();
