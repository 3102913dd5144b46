// What is recorded of the clients of each provider.
import { watch } from 'infinium-o2';
import {
  anthropicBody,
  ask,
  chatTools,
  openaiFacts as facts,
  model,
  refuse,
  traced,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();
const openai = () => watchedOpenAI(use.provider);

describe('recording', () => {
  it('watches an Azure client', async () => {
    const { AzureOpenAI } = require('openai');
    const client: any = watch(
      new AzureOpenAI({
        apiKey: 'none',
        endpoint: use.provider.url,
        apiVersion: '2026-01-01',
        deployment: 'd',
      }),
    );
    const { steps } = await traced(() => client.chat.completions.create({ model, messages: ask }));
    expect(steps?.[1].llmCall).toMatchObject({ ...facts, provider: 'azure' });
  });

  it.each([
    ['@anthropic-ai/sdk', 'create'],
    ['@anthropic-ai/sdk', 'stream'],
    ['anthropic-0', 'create'],
    ['anthropic-0', 'stream'],
  ])('records messages of %s with %s', async (name, method) => {
    const { Anthropic } = require(name);
    const client: any = watch(new Anthropic({ apiKey: 'none', baseURL: use.provider.url }), {
      captureContent: true,
    });
    const { steps } = await traced(async () => {
      const result = client.messages[method](anthropicBody);
      await (method === 'stream' ? result.finalMessage() : result);
    });
    expect(steps).toHaveLength(2);
    expect(steps?.[1]).toMatchObject({
      description: 'anthropic/some-model-2026',
      llmCall: { promptTokens: 15, completionTokens: 7 },
      metadata: { cached_tokens: 3, cache_creation_tokens: 1 },
      outputPreview: 'Hello world',
    });
  });

  it.each(['@google/genai', 'google-genai-2'])(
    'records content of %s, chats included, once',
    async (name) => {
      const { GoogleGenAI } = require(name);
      const client: any = watch(
        new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: use.provider.url } }),
        { captureContent: true },
      );
      const { steps } = await traced(async () => {
        await client.models.generateContent({
          model,
          contents: 'Say hello',
          config: { temperature: 0.5 },
        });
        for await (const _chunk of await client.models.generateContentStream({
          model,
          contents: 'Say hello',
        })) {
          // All of it.
        }
        await client.chats.create({ model }).sendMessage({ message: 'Say hello' });
      });
      expect(steps).toHaveLength(4);
      for (const step of steps?.slice(1) ?? []) {
        expect(step).toMatchObject({
          description: 'google/some-model-2026',
          llmCall: { promptTokens: 11, completionTokens: 7 },
          metadata: { cached_tokens: 3, reasoning_tokens: 2 },
          outputPreview: 'Hello world',
        });
      }
    },
  );

  it('records models of @google/generative-ai, their chats and streams', async () => {
    const { GoogleGenerativeAI } = require('@google/generative-ai');
    const ai: any = watch(new GoogleGenerativeAI('none'), { captureContent: true });
    const gemini = ai.getGenerativeModel({ model }, { baseUrl: use.provider.url });
    const { steps } = await traced(async () => {
      await gemini.generateContent('Say hello');
      await (await gemini.generateContentStream('Say hello')).response;
      await gemini.startChat().sendMessage('Say hello');
    });
    expect(steps?.slice(1).map((step) => [step.llmCall?.promptTokens, step.outputPreview])).toEqual(
      Array(3).fill([11, 'Hello world']),
    );
  });

  it('records three providers, a tool, a stream and a failing call in one trace, in order', async () => {
    const { Anthropic } = require('@anthropic-ai/sdk');
    const { GoogleGenAI } = require('@google/genai');
    const gpt = openai();
    const claude: any = watch(
      new Anthropic({ apiKey: 'none', baseURL: use.provider.url, maxRetries: 0 }),
    );
    const google: any = watch(
      new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: use.provider.url } }),
    );
    let result: unknown;
    const task = await traced(async () => {
      const plan = await gpt.chat.completions.create({ model, messages: ask, tools: chatTools });
      const [said, found] = await Promise.all([
        claude.messages.create(anthropicBody),
        google.models.generateContent({
          model,
          contents: plan.choices[0].message.tool_calls[0].function.name,
        }),
      ]);
      const stream = await gpt.chat.completions.create({
        model,
        messages: ask,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const _chunk of stream) {
        // All of it.
      }
      refuse(use.provider, 400);
      const failed = await claude.messages.create(anthropicBody).catch((error: Error) => error);
      result = [said.content[0].text, found.text, failed.constructor.name];
      throw new RangeError('mine');
    });
    expect(result).toEqual(['Hello world', 'Hello world', 'BadRequestError']);
    expect(task.steps?.map(({ description }) => description)).toEqual([
      'Execute Test',
      'openai/some-model-2026',
      'anthropic/some-model-2026',
      'google/some-model-2026',
      'openai/some-model-2026',
      'anthropic/some-model',
    ]);
    expect(task.steps?.map(({ error }) => error !== undefined)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(task.llmUsage).toMatchObject({
      promptTokens: 48,
      completionTokens: 28,
      totalTokens: 76,
      apiCallsCount: 5,
    });
    expect(task.errors).toEqual([
      expect.objectContaining({ errorType: 'RangeError', message: 'mine' }),
    ]);
  });
});
