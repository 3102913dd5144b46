// What is recorded of the real clients of the providers.
import { setupLogging, type WatchOptions, watch } from 'infinium-o2';
import {
  anthropicBody,
  ask,
  chatTools,
  model,
  refuse,
  traced,
  useProvider,
} from './support/watching';

const use = useProvider();

describe('recording', () => {
  const facts = {
    provider: 'openai',
    model: 'some-model-2026',
    promptTokens: 11,
    completionTokens: 7,
  };

  function openai(options?: WatchOptions, baseURL = `${use.provider.url}/v1`): any {
    const { OpenAI } = require('openai');
    return watch(new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 }), options);
  }

  it.each([
    [
      'a completion',
      (c: any) => c.chat.completions.create({ model, messages: ask, temperature: 0.5 }),
    ],
    ['a response', (c: any) => c.responses.create({ model, input: 'Say hello', temperature: 0.5 })],
  ])('tells of %s', async (_name, run) => {
    const { steps, llmUsage } = await traced(() => run(openai({ captureContent: true })));
    expect(steps).toHaveLength(2);
    expect(steps?.[1]).toMatchObject({
      stepNumber: 2,
      action: 'llm_call',
      description: 'openai/some-model-2026',
      llmCall: { ...facts, temperature: 0.5, latencyMs: expect.any(Number) },
      metadata: { cachedTokens: 3, reasoningTokens: 2 },
      outputPreview: 'Hello world',
    });
    expect(steps?.[1].inputPreview).toContain('Say hello');
    expect(llmUsage).toMatchObject({ ...facts, totalTokens: 18, apiCallsCount: 1 });
  });

  it('tells nothing of content unless it is asked to', async () => {
    const task = await traced(async () => {
      await openai().chat.completions.create({ model, messages: ask });
      return undefined;
    });
    expect(JSON.stringify(task)).not.toMatch(/hello/i);
  });

  it('names the tools that the model asked for, call by call', async () => {
    const { steps, llmUsage } = await traced(() =>
      openai().chat.completions.runTools({ model, messages: ask, tools: chatTools }).finalContent(),
    );
    expect(steps).toHaveLength(3);
    expect(steps?.[1].metadata).toMatchObject({ toolCalls: ['get_weather'] });
    expect(llmUsage).toMatchObject({
      model: 'multiple',
      provider: 'multiple',
      promptTokens: 22,
      apiCallsCount: 2,
    });
  });

  it('tells of a stream as far as it was read', async () => {
    const client = openai({ captureContent: true });
    const create = () => client.chat.completions.create({ model, messages: ask, stream: true });
    const { steps } = await traced(async () => {
      for await (const _chunk of await create()) break;
      for await (const _chunk of await create()) {
        // All of it.
      }
      await create();
    });
    expect(steps?.slice(1).map((step) => step.outputPreview)).toEqual([
      'Hello ',
      'Hello world',
      undefined,
    ]);
  });

  it('tells of asResponse with the requested model and no tokens', async () => {
    const { steps } = await traced(async () => {
      const response = await openai()
        .chat.completions.create({ model, messages: ask })
        .asResponse();
      await response.text();
    });
    expect(steps?.[1].llmCall).toEqual({
      model,
      provider: 'openai',
      latencyMs: expect.any(Number),
    });
  });

  it('puts the error of a call on its step, and only there', async () => {
    refuse(use.provider, 400);
    const { steps, errors } = await traced(() =>
      openai()
        .chat.completions.create({ model, messages: ask })
        .catch(() => 'caught'),
    );
    expect(steps?.[1].error).toMatchObject({ message: expect.stringContaining('no such luck') });
    expect(errors).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ['repeats what it was asked', '{"error":{"message":"I will not Say hello to you"}}', true],
    ['says something else', '{"error":{"message":"no such luck"}}', false],
  ])('keeps what a provider says that refuses, unless it %s', async (_how, body, hidden) => {
    use.provider.script.push((response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(body);
    });
    const { steps } = await traced(() =>
      openai()
        .chat.completions.create({ model, messages: ask })
        .catch(() => 'caught'),
    );
    const message = hidden ? 'BadRequestError (status 400)' : '400 no such luck';
    expect(steps?.[1].error).toMatchObject({ errorType: 'BadRequestError', message });
    expect(steps?.[1].error?.stackTrace).toMatch(/^ +at /m);
    expect(JSON.stringify(steps?.[1])).not.toContain('Say hello');
  });

  it('tells nothing of an answer that cannot be parsed', async () => {
    const broken = () =>
      use.provider.script.push((response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":TOP SECRET');
      });
    const run = (options?: WatchOptions) =>
      traced(() =>
        openai(options)
          .chat.completions.create({ model, messages: ask })
          .catch(() => 'caught'),
      );
    broken();
    const { steps } = await run();
    expect(steps?.[1].error).toMatchObject({ errorType: 'SyntaxError', message: 'SyntaxError' });
    expect(JSON.stringify(steps)).not.toContain('SECRET');
    broken();
    expect(JSON.stringify((await run({ captureContent: true })).steps)).toContain('SECRET');
  });

  describe.each(['openai', 'openai-6'])('the helpers of %s', (packageName) => {
    const client = () => {
      const { OpenAI } = require(packageName);
      const baseURL = `${use.provider.url}/v1`;
      return watch<any>(new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 }));
    };
    const helpers: [string, (c: any) => Promise<unknown>][] = [
      ['chat.completions.parse', (c) => c.chat.completions.parse({ model, messages: ask })],
      ['responses.parse', (c) => c.responses.parse({ model, input: 'Say hello' })],
      [
        'responses.stream',
        (c) => c.responses.stream({ model, input: 'Say hello' }).finalResponse(),
      ],
      [
        'chat.completions.stream',
        (c) =>
          c.chat.completions
            .stream({ model, messages: ask, stream_options: { include_usage: true } })
            .finalChatCompletion(),
      ],
    ];

    it.each(helpers)('%s: its model and tokens', async (_name, run) => {
      const { steps } = await traced(async () => {
        await run(client());
      });
      expect(steps).toHaveLength(2);
      expect(steps?.[1].llmCall).toMatchObject({ ...facts, latencyMs: expect.any(Number) });
    });

    it.each(helpers)('%s: its failure, which is handled as often as it was', async (_name, run) => {
      const unhandled: unknown[] = [];
      const listen = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', listen);
      refuse(use.provider, 400);
      const { steps } = await traced(() => run(client()).catch(() => 'caught'));
      // Node.js looks for them when all microtasks are done.
      await new Promise(setImmediate);
      process.off('unhandledRejection', listen);
      expect(unhandled).toEqual([]);
      expect(steps?.[1].error).toMatchObject({ message: '400 no such luck' });
    });
  });

  /** A client with OpenAI's shape that answers with this. */
  const stub = (answer: unknown, more: object = {}) =>
    watch<any>({
      ...more,
      chat: { completions: { create: async () => answer } },
      responses: { create: async () => answer },
    });

  it('knows the request also of a client without a readable address', async () => {
    const { steps } = await traced(() =>
      stub({}).chat.completions.create({ model, messages: ask, temperature: 1 }),
    );
    expect(steps?.[1].llmCall).toMatchObject({ provider: 'openai', model, temperature: 1 });
  });

  it('shows one answer of several, and names the tools of all', async () => {
    const called = (name: string) => ({ tool_calls: [{ function: { name } }] });
    const answer = {
      choices: [
        { index: 0, message: { content: 'Hello', ...called('first') } },
        { index: 1, message: { content: 'Bonjour', ...called('second') } },
        { index: 2, message: { function_call: { name: 'third' } } },
      ],
    };
    const client = watch<any>(
      { chat: { completions: { create: async () => answer } } },
      { captureContent: true },
    );
    const { steps } = await traced(() => client.chat.completions.create({ model, messages: ask }));
    expect(steps?.[1]).toMatchObject({
      outputPreview: 'Hello',
      metadata: { toolCalls: ['first', 'second', 'third'] },
    });
  });

  it('takes a response that says that it has failed for a failure', async () => {
    const answer = { status: 'failed', error: { code: 'server_error', message: 'Say hello?' } };
    const { steps } = await traced(() => stub(answer).responses.create({ model, input: 'x' }));
    expect(steps?.[1].error).toMatchObject({
      errorType: 'ResponseFailed',
      errorCode: 'server_error',
    });
    expect(JSON.stringify(steps?.[1])).not.toContain('hello');
  });

  it('leaves streams of Gemini alone that are none', async () => {
    const items = [1];
    const client = watch<any>({
      models: {
        generateContent: async () => ({}),
        generateContentStream: async (kind: string) => (kind === 'list' ? items : items.values()),
      },
    });
    const read: unknown[] = [];
    await traced(async () => {
      for await (const item of await client.models.generateContentStream('iterator'))
        read.push(item);
      expect(await client.models.generateContentStream('list')).toBe(items);
    });
    expect([read, Object.getOwnPropertyNames(items)]).toEqual([[1], ['0', 'length']]);
  });

  it('cuts names that have no end', async () => {
    const long = 'n'.repeat(2_000_000);
    const calls = Array.from({ length: 100 }, () => ({ function: { name: long } }));
    const answer = { model: long, choices: [{ message: { tool_calls: calls } }] };
    const task = await traced(() => stub(answer).chat.completions.create({ messages: ask }));
    expect(JSON.stringify(task.steps).length).toBeLessThan(20_000);
    expect(task.steps?.[1].metadata?.toolCalls).toHaveLength(20);
  });

  it.each([
    ['https://api.x.ai/v1', 'xai'],
    ['https://grok.example/v1', 'xai'],
    ['https://linux.ai/v1', 'openai'],
    ['https://x.example/v1', 'openai'],
    ['https://xai.example/v1', 'xai'],
    ['https://max.airport.example/v1', 'openai'],
  ])('calls the provider at %s %s', async (baseURL, name) => {
    const { OpenAI } = require('openai');
    const fetch = async () =>
      new Response('{}', { headers: { 'content-type': 'application/json' } });
    const client: any = watch(new OpenAI({ apiKey: 'none', baseURL, fetch }));
    const { steps } = await traced(() => client.chat.completions.create({ model, messages: ask }));
    expect(steps?.[1].llmCall?.provider).toBe(name);
  });

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
    expect(steps?.[1].llmCall).toMatchObject(facts);
  });

  it.each([
    ['@anthropic-ai/sdk', 'create'],
    ['@anthropic-ai/sdk', 'stream'],
    ['anthropic-0', 'create'],
    ['anthropic-0', 'stream'],
  ])('tells of messages of %s with %s', async (name, method) => {
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
      llmCall: { promptTokens: 11, completionTokens: 7 },
      metadata: { cachedTokens: 3, cacheCreationTokens: 1 },
      outputPreview: 'Hello world',
    });
  });

  it.each(['@google/genai', 'google-genai-2'])(
    'tells of content of %s, chats included, once',
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
          metadata: { cachedTokens: 3, reasoningTokens: 2 },
          outputPreview: 'Hello world',
        });
      }
    },
  );

  it('tells of models of @google/generative-ai, their chats and streams', async () => {
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

  it('tells one trace of three providers, a tool, a stream and a failing call, in order', async () => {
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
      promptTokens: 44,
      completionTokens: 28,
      totalTokens: 72,
      apiCallsCount: 5,
    });
    expect(task.errors).toEqual([
      expect.objectContaining({ errorType: 'RangeError', message: 'mine' }),
    ]);
  });

  it('leaves other clients alone, with one warning', () => {
    const lines: string[] = [];
    const sink = {
      debug: () => {},
      info: () => {},
      warn: (line: string) => lines.push(line),
      error: () => {},
    };
    setupLogging(true, 'INFO', sink as any);
    const strange = Object.freeze({ chat: {} });
    expect(watch(strange)).toBe(strange);
    expect(watch(null)).toBe(null);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(
      'watch() does not support this client (got Object). Supported: openai, @anthropic-ai/sdk, ' +
        '@google/genai, @google/generative-ai. It will not be traced.',
    );
    expect(lines[1]).toContain('(got null)');
    setupLogging();
  });

  it('leaves a frozen client as it is, and works', async () => {
    const { OpenAI } = require('openai');
    const client = new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1` });
    Object.freeze(client.chat.completions);
    watch(client);
    const { steps } = await traced(() => client.chat.completions.create({ model, messages: ask }));
    expect(steps).toHaveLength(1);
  });

  it('patches one instance, and no other', async () => {
    openai();
    const { OpenAI } = require('openai');
    const other = new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1` });
    const { steps } = await traced(() => other.chat.completions.create({ model, messages: ask }));
    expect(steps).toHaveLength(1);
  });

  it.each([[5], ['yes'], [{ captureContent: 1 }]])('refuses the options %j', (options: any) => {
    expect(() => watch({}, options)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
  });
});
