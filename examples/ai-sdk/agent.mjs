// An agent of the AI SDK with two tools, one of which asks another agent. Its run becomes one trace.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine, INFINIUM_BASE_URL. The model is
// a fake, so that the example needs no key and costs nothing. Run it with: node examples/ai-sdk/agent.mjs

import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { InfiniumClient } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { z } from 'zod';
import { fakeModel } from './fake-model.mjs';

const client = new InfiniumClient();
registerTelemetry(infiniumTelemetry({ client, captureContent: true }));

const surveyor = fakeModel([{ text: 'Mont Blanc is 4806 m high.', read: 30, written: 10 }]);
const lookUp = tool({
  description: 'Looks up a mountain',
  inputSchema: z.object({ name: z.string() }),
  execute: async ({ name }) => {
    const prompt = `How high is ${name}?`;
    const { text } = await generateText({
      model: surveyor,
      prompt,
      telemetry: { functionId: 'surveyor' },
    });
    return text;
  },
});
const toFeet = tool({
  description: 'Converts metres to feet',
  inputSchema: z.object({ metres: z.number() }),
  execute: async ({ metres }) => `${Math.round(metres / 0.3048)} feet`,
});

const { text } = await generateText({
  model: fakeModel([
    {
      tools: [
        { id: 'call-1', name: 'look_up', input: { name: 'Mont Blanc' } },
        { id: 'call-2', name: 'to_feet', input: { metres: 4806 } },
      ],
      read: 60,
      written: 20,
    },
    { text: 'Mont Blanc is 4806 m high: 15768 feet.', read: 110, written: 15 },
  ]),
  prompt: 'How high is Mont Blanc, in feet?',
  tools: { look_up: lookUp, to_feet: toFeet },
  stopWhen: stepCountIs(5),
  telemetry: { functionId: 'mountain guide' },
});
console.log(text);

await client.close();
