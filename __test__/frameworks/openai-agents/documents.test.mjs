// The code of the documents runs with the OpenAI Agents SDK.
import { after } from 'node:test';
import { testDocuments } from '../documents.mjs';
import { startModel } from './openai-server.mjs';

const model = await startModel(() => ({ text: 'hi' }));
after(() => model.stop());

await testDocuments('openai-agents', {
  env: { MODEL_URL: model.url },
  given: {
    OpenAI: "import OpenAI from 'openai';",
    Agent: "import { Agent, run, setDefaultOpenAIClient } from '@openai/agents';",
  },
  use: () => `
    setDefaultOpenAIClient(new OpenAI({ apiKey: 'none', baseURL: process.env.MODEL_URL }));
    await run(new Agent({ name: 'guide', model: 'fake' }), 'hi');`,
});
