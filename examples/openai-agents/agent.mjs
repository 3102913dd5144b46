// An agent of the OpenAI Agents SDK with a tool, a guardrail and a handoff. Its run is sent as one trace.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine, INFINIUM_BASE_URL. The model is
// a fake one of this file, so nothing else leaves the machine. Run it with: node agent.mjs

import { createServer } from 'node:http';
import { Agent, run, setDefaultOpenAIClient, setTraceProcessors, tool } from '@openai/agents';
import { InfiniumClient } from 'infinium-o2';
import { InfiniumTracingProcessor } from 'infinium-o2/openai-agents';
import OpenAI from 'openai';
import { z } from 'zod';

const client = new InfiniumClient();
// `addTraceProcessor` would keep the SDK's own processor, which sends to OpenAI.
setTraceProcessors([new InfiniumTracingProcessor(client, { captureContent: true })]);

const server = createServer(answer).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
setDefaultOpenAIClient(new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1` }));

const lookUp = tool({
  name: 'look_up',
  description: 'Looks up the height of a mountain in metres.',
  parameters: z.object({ mountain: z.string() }),
  execute: async ({ mountain }) => `${mountain} is 4806 m high.`,
});
const guide = new Agent({ name: 'guide', instructions: 'Answer.', tools: [lookUp], model: 'fake' });
const triage = new Agent({
  name: 'triage',
  instructions: 'Hand over to the guide.',
  handoffs: [guide],
  inputGuardrails: [
    {
      name: 'on_topic',
      execute: async () => ({ tripwireTriggered: false, outputInfo: {} }),
    },
  ],
  model: 'fake',
});

const { finalOutput } = await run(triage, 'How high is Mont Blanc?');
console.log(finalOutput);
await client.close();
server.close();

/**
 * The model: it hands over, then asks for the tool, then answers.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { input, tools } = JSON.parse(text);
  const call = (/** @type {string} */ name, /** @type {object} */ args) => ({
    type: 'function_call',
    id: `fc_${name}`,
    call_id: `call_${name}`,
    name,
    arguments: JSON.stringify(args),
    status: 'completed',
  });
  const message = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'It is 4806 m high.', annotations: [] }],
  };
  const isDone = JSON.stringify(input).includes('4806');
  const [{ name }] = tools;
  const output = isDone
    ? message
    : call(name, name === 'look_up' ? { mountain: 'Mont Blanc' } : {});
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      id: 'resp_1',
      object: 'response',
      model: 'fake-1',
      status: 'completed',
      output: [output],
      usage: { input_tokens: 40, output_tokens: 8, total_tokens: 48 },
    }),
  );
}
