// Mastra before version 1.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { InfiniumExporter } from 'infinium-o2/mastra';
import { createTestClient } from 'infinium-o2/testing';
import { fakeModel } from '../../../examples/mastra/fake-model.mjs';

const { resolve } = createRequire(
  new URL('../../../examples/mastra/older/package.json', import.meta.url),
);
const load = (name) => import(pathToFileURL(resolve(name)).href);
const { Agent } = await load('@mastra/core/agent');
const { Mastra } = await load('@mastra/core/mastra');
const { createTool } = await load('@mastra/core/tools');
const { z } = await load('zod');

test('a run of version 0.24 is a trace', async () => {
  const { client, traces } = createTestClient();
  const add = createTool({
    id: 'add',
    description: 'Adds one.',
    inputSchema: z.object({ a: z.number() }),
    execute: async ({ context }) => ({ sum: context.a + 1 }),
  });
  const model = fakeModel([{ tools: [{ name: 'add', input: { a: 1 } }] }, { text: 'done' }], 'v2');
  const agent = new Agent({ name: 'helper', instructions: 'Help.', model, tools: { add } });
  const exporter = new InfiniumExporter(client);
  const mastra = new Mastra({
    agents: { agent },
    logger: false,
    telemetry: { enabled: false },
    observability: { configs: { default: { serviceName: 'test', exporters: [exporter] } } },
  });
  const { text } = await mastra.getAgent('agent').generate('a private question');
  assert.equal(text, 'done');
  await client.flush();
  assert.equal(traces.length, 1);
  const [trace] = traces;
  assert.equal(trace.name, 'helper');
  assert.deepEqual(
    trace.steps.map(({ action, metadata }) => [action, metadata?.requested_by_step]),
    [
      ['execution', undefined],
      ['llm_call', undefined],
      ['tool_call', 2],
      ['llm_call', undefined],
    ],
  );
  assert.deepEqual(
    trace.llmUsage.calls.map((call) => [call.promptTokens, call.completionTokens]),
    [
      [10, 5],
      [20, 10],
    ],
  );
  assert.ok(!JSON.stringify(trace).includes('private'));
});
