// One version of the SDK with a model and a platform on this machine, and a processor between them.
import { after, before, beforeEach } from 'node:test';
import { watch } from 'infinium-o2';
import { InfiniumTracingProcessor } from 'infinium-o2/openai-agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { startPlatform } from '../platform.mjs';
import { hasResult, startModel } from './openai-server.mjs';

/** What the model does unless a test says otherwise: it asks for a tool if there is one, and then answers. */
export function usual(body) {
  if (hasResult(body) || !body.tools?.length) return { text: 'done' };
  return {
    tools: [{ name: body.tools[0].name ?? body.tools[0].function.name, args: { a: 1 }, id: 'c1' }],
  };
}

/** @param {any} sdk the module `@openai/agents` */
export function setup(sdk) {
  const context = { answer: usual };
  const unhandled = [];
  process.on('unhandledRejection', (error) => unhandled.push(error));

  before(async () => {
    context.platform = await startPlatform();
    context.model = await startModel((body, index) => context.answer(body, index));
    context.client = context.platform.client;
  });

  after(async () => {
    await context.platform.stop();
    context.model.stop();
    if (unhandled.length > 0) throw unhandled[0];
  });

  beforeEach(() => {
    context.answer = usual;
    context.model.calls.length = 0;
    context.platform.traces.length = 0;
    context.use();
  });

  /** @param {{ captureContent?: boolean, watched?: boolean, others?: any[] }} [options] */
  context.use = ({ captureContent, watched, others = [] } = {}) => {
    const openai = new OpenAI({ apiKey: 'none', baseURL: context.model.url, maxRetries: 0 });
    context.openai = watched ? watch(openai) : openai;
    sdk.setDefaultOpenAIClient(context.openai);
    context.processor = new InfiniumTracingProcessor(context.client, { captureContent });
    sdk.setTraceProcessors([...others, context.processor]);
  };
  /** Runs an agent with the client of this test: the SDK keeps the first one that was its default. */
  context.run = (...values) => {
    const modelProvider = new sdk.OpenAIProvider({ openAIClient: context.openai });
    return new sdk.Runner({ modelProvider }).run(...values);
  };
  context.sent = () => context.platform.sent();
  context.tool = (name, execute) =>
    sdk.tool({ name, description: name, parameters: z.object({ a: z.any() }), execute });
  context.agent = (name, more) =>
    new sdk.Agent({ name, instructions: 'Help', model: 'gpt-x', ...more });
  return context;
}
