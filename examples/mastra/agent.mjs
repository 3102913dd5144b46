// An agent of Mastra with a tool. Its runs become traces: model calls, tools, and what belongs to what.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine, INFINIUM_BASE_URL.
// Run it with: node examples/mastra/agent.mjs

import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { InfiniumClient } from 'infinium-o2';
import { InfiniumExporter } from 'infinium-o2/mastra';
import { z } from 'zod';
import { fakeModel } from './fake-model.mjs';

const client = new InfiniumClient();
const exporter = new InfiniumExporter(client, { captureContent: true });

const heights = new Map([['Mont Blanc', 4806]]);
const lookUp = createTool({
  id: 'look_up',
  description: 'Looks up the height of a mountain.',
  inputSchema: z.object({ name: z.string() }),
  execute: async (/** @type {any} */ { name }) => ({ metres: heights.get(name) }),
});

const agent = new Agent({
  id: 'guide',
  name: 'guide',
  instructions: 'Answer with the tool.',
  model: /** @type {any} */ (
    fakeModel([
      { tools: [{ name: 'look_up', input: { name: 'Mont Blanc' } }] },
      { text: 'Mont Blanc is 4806 m high.' },
    ])
  ),
  tools: { look_up: lookUp },
});

const mastra = new Mastra({
  agents: { guide: agent },
  logger: false,
  observability: new Observability({
    configs: { default: { serviceName: 'example', exporters: [exporter], bridge: exporter } },
  }),
});

const result = await mastra.getAgent('guide').generate('How high is Mont Blanc?');
console.log(result.text);

await mastra.shutdown();
await client.close();
