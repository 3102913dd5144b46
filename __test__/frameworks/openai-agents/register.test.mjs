// A processor that is added without the user's code, before the SDK is loaded and after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { install } from 'infinium-o2/openai-agents';
import OpenAI from 'openai';
import { outline, startPlatform } from '../platform.mjs';
import { startModel } from './openai-server.mjs';

test('runs are steps of the trace in which they run', async (context) => {
  const platform = await startPlatform();
  const model = await startModel(() => ({ text: 'done' }));
  context.after(async () => {
    await platform.stop();
    model.stop();
  });
  install();
  const sdk = await import('@openai/agents');
  sdk.setDefaultOpenAIClient(new OpenAI({ apiKey: 'none', baseURL: model.url }));
  const run = platform.client.trace('Outer', () =>
    sdk.run(new sdk.Agent({ name: 'helper', model: 'gpt-x' }), 'hi'),
  );
  await run();
  assert.deepEqual(outline((await platform.sent())[0]), [
    'agent helper',
    '  turn Turn 1',
    '    llm_call openai/gpt-x-served',
  ]);
  sdk.setTraceProcessors([]);
  await run();
  assert.deepEqual(outline((await platform.sent())[0]), []);
  install();
  await run();
  assert.equal(outline((await platform.sent())[0]).length, 3);
});
