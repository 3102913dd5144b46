// A workflow that never ends, for example because what it waits for never comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as sdk from '@openai/agents';
import { InfiniumTracingProcessor } from 'infinium-o2/openai-agents';
import OpenAI from 'openai';
import { startPlatform } from '../platform.mjs';
import { startModel } from './openai-server.mjs';

test('an abandoned run is delivered once it is collected', async (context) => {
  const platform = await startPlatform();
  const model = await startModel(() => ({ text: 'done' }));
  context.after(async () => {
    await platform.stop();
    model.stop();
  });
  sdk.setDefaultOpenAIClient(new OpenAI({ apiKey: 'none', baseURL: model.url }));
  sdk.setTraceProcessors([new InfiniumTracingProcessor(platform.client)]);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  await new Promise((resolve) => {
    void sdk.withTrace('Left', async () => {
      await sdk.run(new sdk.Agent({ name: 'helper' }), 'hi');
      resolve();
      await new Promise(() => {});
    });
  });
  let traces = [];
  for (let round = 0; round < 100 && traces.length === 0; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    traces = await platform.sent();
  }
  assert.equal(traces[0]?.name, 'Left');
});
