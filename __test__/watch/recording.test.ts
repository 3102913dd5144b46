// What is recorded of the calls of a watched client.
import { type WatchOptions, watch } from 'infinium-o2';
import {
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
const openai = (options?: WatchOptions) => watchedOpenAI(use.provider, options);

describe('recording', () => {
  it.each([
    [
      'a completion',
      (c: any) => c.chat.completions.create({ model, messages: ask, temperature: 0.5 }),
    ],
    ['a response', (c: any) => c.responses.create({ model, input: 'Say hello', temperature: 0.5 })],
  ])('records %s', async (_name, run) => {
    const { steps, llmUsage } = await traced(() => run(openai({ captureContent: true })));
    expect(steps).toHaveLength(2);
    expect(steps?.[1]).toMatchObject({
      stepNumber: 2,
      action: 'llm_call',
      description: 'openai/some-model-2026',
      llmCall: { ...facts, temperature: 0.5, latencyMs: expect.any(Number) },
      metadata: { cached_tokens: 3, reasoning_tokens: 2 },
      outputPreview: 'Hello world',
    });
    expect(steps?.[1].inputPreview).toContain('Say hello');
    expect(llmUsage).toMatchObject({ ...facts, totalTokens: 18, apiCallsCount: 1 });
  });

  it('records no content without captureContent', async () => {
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
    expect(steps?.[1].metadata).toMatchObject({ tool_calls: ['get_weather'] });
    expect(llmUsage).toMatchObject({
      model: 'multiple',
      provider: 'multiple',
      promptTokens: 22,
      apiCallsCount: 2,
    });
  });

  it('records a stream as far as it was read', async () => {
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

  it('records asResponse with the requested model and no tokens', async () => {
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
  ])('records the message of a provider that refuses, unless it %s', async (_how, body, hidden) => {
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

  it('records no text of an answer that cannot be parsed', async () => {
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
      metadata: { tool_calls: ['first', 'second', 'third'] },
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
    expect(task.steps?.[1].metadata?.tool_calls).toHaveLength(20);
  });
});
