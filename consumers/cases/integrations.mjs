// Bundles of a program with integrations: all of them have one state, so a trace finds the runs of frameworks.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkFiles } from '../app.mjs';
import { esbuild, rollup, webpack } from '../bundle.mjs';
import { tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */
/** @typedef {import('../world.mjs').World} World */

const full = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'full', 'node_modules');

/** Runs a tool, a model and a span within a trace. None of the integrations is told which client it is. */
const program = `
import { DynamicTool } from '@langchain/core/tools';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { generateText, registerTelemetry } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { InfiniumClient } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { createTestClient, expectTrace } from 'infinium-o2/testing';

const find = new DynamicTool({ name: 'find', description: 'Finds', func: async () => 'found' });
const tracer = new BasicTracerProvider({ spanProcessors: [new InfiniumSpanProcessor()] }).getTracer('a');
registerTelemetry(infiniumTelemetry());
const model = new MockLanguageModelV4({
  modelId: 'a-model',
  doGenerate: async () => ({
    content: [{ type: 'text', text: 'Hello' }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { inputTokens: { total: 3 }, outputTokens: { total: 2 } },
    warnings: [],
  }),
});

async function agent() {
  await find.invoke('it', { callbacks: [new InfiniumCallbackHandler()] });
  tracer.startSpan('a span', { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' } }).end();
  await generateText({ model, prompt: 'Hello?' });
}

async function main() {
  const client = new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });
  await client.trace('Bundled', agent)();
  await client.close();
  const test = createTestClient();
  await test.client.trace('Bundled', agent)();
  await test.client.flush();
  for (const name of ['find', 'look']) expectTrace(test.traces[0]).toHaveCalledTool(name);
  expectTrace(test.traces[0]).toHaveUsedModel('a-model');
  console.log(client.runtime);
}
main();
`;

/** @param {(folder: string) => Promise<string>} bundle returns the file of the bundle */
const bundled =
  (bundle) =>
  /** @type {Case['run']} */
  async (world) => {
    const folder = world.project({ 'program.mjs': program });
    linkFiles(full, path.join(folder, 'node_modules'));
    const file = await bundle(folder);
    const node = tool('node-24', 'bin/node');
    assert.equal(await world.run(folder, node, [file]), 'native');
    const { steps } = await world.arrival('Bundled');
    const actions = steps.map((/** @type {any} */ step) => step.action);
    for (const action of ['tool_call', 'llm_call']) assert.ok(actions.includes(action), actions);
  };

/** @type {Case[]} */
export const integrations = [
  {
    name: 'integrations, esbuild',
    run: bundled(async (folder) => {
      await esbuild(folder, { outfile: 'bundle.cjs' });
      return 'bundle.cjs';
    }),
  },
  {
    name: 'integrations, webpack',
    run: bundled(async (folder) => {
      // To minimize all these frameworks takes a minute.
      const options = { optimization: { minimize: false } };
      await webpack(['webpack', 'lib/index.js'], folder, 'program.mjs', options);
      return 'bundle.cjs';
    }),
  },
  {
    name: 'integrations, rollup',
    run: bundled(async (folder) => {
      await rollup(folder, 'es', 'bundle.mjs');
      return 'bundle.mjs';
    }),
  },
];
