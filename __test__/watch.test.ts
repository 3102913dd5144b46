// The real clients of the providers, watched and not: nobody may be able to tell the difference.
import { InfiniumClient, setupLogging, type TaskData, type WatchOptions, watch } from 'infinium-o2';
import { type Provider, startProvider } from './support/provider';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
  // Jest's globals lack what one of the clients looks for, and makes only when it is first needed.
  await fetch(provider.url, { method: 'POST', body: '{}' });
  const dispatcher = Symbol.for('undici.globalDispatcher.1');
  const outer = (URL.constructor as FunctionConstructor)('return globalThis')();
  (globalThis as any)[dispatcher] = outer[dispatcher];
});
afterAll(() => provider.stop());
beforeEach(() => {
  provider.requests.length = 0;
  provider.script.length = 0;
});

const infinium = new InfiniumClient({
  agentId: 'agent-1',
  agentSecret: 'secret-0123',
  baseUrl: 'http://127.0.0.1:9',
});

/** Runs a function as a trace, and returns its task. */
async function traced(fn: () => unknown): Promise<TaskData> {
  let seen: TaskData | undefined;
  const onTrace = (task: TaskData) => {
    seen = task;
  };
  await infinium
    .trace('Test', { autoSend: false, onTrace }, async () => fn())()
    .catch(() => {});
  return seen as TaskData;
}

const model = 'some-model';
const ask = [{ role: 'user' as const, content: 'Say hello' }];
const chatTools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: {},
      parse: JSON.parse,
      function: async () => 'sunny',
    },
  },
];

async function texts(stream: AsyncIterable<any>, read: (item: any) => unknown): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of stream) found.push(read(item));
  return found;
}

/** What of an error must be the same. */
function describeError(error: any): unknown {
  return [error.constructor.name, error.message, error.status, error.error];
}

type Check = [string, (client: any, module: any) => Promise<unknown>];

const failure = (status: number) => () => {
  provider.script.push((response) => {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end('{"error":{"message":"no such luck","type":"invalid"}}');
  });
};

const openaiChecks: Check[] = [
  ['a completion', (c) => c.chat.completions.create({ model, messages: ask })],
  [
    'its promise',
    async (c, { APIPromise }) => {
      const promise = c.chat.completions.create({ model, messages: ask });
      const seen = [
        promise instanceof APIPromise,
        promise.constructor.name,
        Object.keys(promise).sort(),
      ];
      await promise;
      return seen;
    },
  ],
  [
    'withResponse',
    async (c) => {
      const { data, response } = await c.chat.completions
        .create({ model, messages: ask })
        .withResponse();
      return [data.model, response.status, response.bodyUsed];
    },
  ],
  [
    'asResponse with an unread body',
    async (c) => {
      const response = await c.chat.completions.create({ model, messages: ask }).asResponse();
      return [response.bodyUsed, await response.json()];
    },
  ],
  [
    'then, catch and finally',
    async (c) => {
      let last = 0;
      const promise = c.chat.completions.create({ model, messages: ask });
      const value = await promise
        .then((x: any) => x.model)
        .catch(() => 'no')
        .finally(() => {
          last = 1;
        });
      const [first, again] = [await promise, await promise];
      return [value, last, first === again];
    },
  ],
  [
    'a stream',
    async (c, { Stream }) => {
      const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
      const kind = [
        stream instanceof Stream,
        stream.constructor.name,
        stream.controller instanceof AbortController,
      ];
      return [kind, await texts(stream, (chunk) => chunk.choices[0]?.delta)];
    },
  ],
  [
    'a stream with usage',
    async (c) => {
      const stream = await c.chat.completions.create({
        model,
        messages: ask,
        stream: true,
        stream_options: { include_usage: true },
      });
      return texts(stream, (chunk) => chunk.usage ?? null);
    },
  ],
  [
    'a stream that is left early',
    async (c) => {
      const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
      for await (const chunk of stream) return [chunk, stream.controller.signal.aborted];
      return undefined;
    },
  ],
  [
    'tee',
    async (c) => {
      const [left, right] = (
        await c.chat.completions.create({ model, messages: ask, stream: true })
      ).tee();
      const read = (chunk: any) => chunk.choices[0]?.delta.content;
      return [await texts(left, read), await texts(right, read)];
    },
  ],
  [
    'toReadableStream',
    async (c) => {
      const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
      return new Response(stream.toReadableStream()).text();
    },
  ],
  [
    'the stream helper',
    async (c) => {
      const runner = c.chat.completions.stream({ model, messages: ask });
      const events: string[] = [];
      runner
        .on('content', (piece: string) => events.push(piece))
        .on('end', () => events.push('end'));
      const final = await runner.finalChatCompletion();
      return [events, final.choices[0].message.content, runner.constructor.name];
    },
  ],
  [
    'the parse helper',
    async (c) => {
      const response_format = {
        type: 'json_schema' as const,
        json_schema: { name: 'x', schema: {} },
      };
      const parsed = await c.chat.completions.parse({ model, messages: ask, response_format });
      return parsed.choices[0].message;
    },
  ],
  [
    'runTools',
    async (c) => {
      const runner = c.chat.completions.runTools({ model, messages: ask, tools: chatTools });
      return [
        await runner.finalContent(),
        runner.messages.length,
        runner.allChatCompletions().length,
      ];
    },
  ],
  ['a response', (c) => c.responses.create({ model, input: 'Say hello' })],
  [
    'a response stream',
    async (c) =>
      texts(
        await c.responses.create({ model, input: 'Say hello', stream: true }),
        (event) => event.type,
      ),
  ],
  [
    'the response stream helper',
    async (c) => {
      const stream = c.responses.stream({ model, input: 'Say hello' });
      const final = await stream.finalResponse();
      return [final.output_text, final.usage.input_tokens];
    },
  ],
  [
    'the response parse helper',
    async (c) => {
      const parsed = await c.responses.parse({ model, input: 'Say hello' });
      return [parsed.output_text, parsed.output_parsed];
    },
  ],
  [
    'a clone with other options',
    async (c) => {
      const clone = c.withOptions({ maxRetries: 0 });
      return [
        clone.constructor.name,
        clone.maxRetries,
        (await clone.chat.completions.create({ model, messages: ask })).model,
      ];
    },
  ],
  [
    'a refusal',
    async (c) => {
      failure(400)();
      return c.chat.completions.create({ model, messages: ask }).catch(describeError);
    },
  ],
  [
    'a refusal of a stream',
    async (c) => {
      failure(401)();
      return c.chat.completions.create({ model, messages: ask, stream: true }).catch(describeError);
    },
  ],
  [
    'a retry',
    async (c) => {
      failure(500)();
      return (
        await c.withOptions({ maxRetries: 1 }).chat.completions.create({ model, messages: ask })
      ).model;
    },
  ],
  [
    'an answer of no known shape',
    async (c) => {
      provider.script.push((response) => {
        response.setHeader('content-type', 'application/json');
        response.end('{"choices":[null],"usage":7,"model":{}}');
      });
      return c.chat.completions.create({ model, messages: ask });
    },
  ],
  [
    'a stream that breaks',
    async (c) => {
      provider.script.push((response) => {
        response.setHeader('content-type', 'text/event-stream');
        response.write('data: {"choices":[{"index":0,"delta":{"content":"He"}}],"model":"m"}\n\n');
        response.write('data: {broken\n\n');
        response.end();
      });
      const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
      const seen: unknown[] = [];
      try {
        for await (const chunk of stream) seen.push(chunk);
      } catch (error: any) {
        seen.push(error.constructor.name);
      }
      return seen;
    },
  ],
  [
    'what the client looks like',
    async (c) => {
      const { completions } = c.chat;
      return [
        Object.keys(c).sort(),
        Object.keys(completions).sort(),
        completions.create.name,
        completions.create.length,
      ];
    },
  ],
];

const anthropicBody = { model, max_tokens: 10, messages: ask };
const anthropicChecks: Check[] = [
  ['a message', (c) => c.messages.create(anthropicBody)],
  [
    'its promise',
    async (c) => {
      const promise = c.messages.create(anthropicBody);
      const seen = [promise.constructor.name, Object.keys(promise).sort()];
      await promise;
      return seen;
    },
  ],
  [
    'withResponse',
    async (c) => {
      const { data, response } = await c.messages.create(anthropicBody).withResponse();
      return [data.model, response.status];
    },
  ],
  [
    'asResponse with an unread body',
    async (c) => {
      const response = await c.messages.create(anthropicBody).asResponse();
      return [response.bodyUsed, await response.json()];
    },
  ],
  [
    'a stream',
    async (c) => {
      const stream = await c.messages.create({ ...anthropicBody, stream: true });
      return [stream.constructor.name, await texts(stream, (event) => event.type)];
    },
  ],
  [
    'tee',
    async (c) => {
      const [left, right] = (await c.messages.create({ ...anthropicBody, stream: true })).tee();
      return [await texts(left, (event) => event.type), await texts(right, (event) => event.type)];
    },
  ],
  [
    'the stream helper',
    async (c) => {
      const stream = c.messages.stream(anthropicBody);
      const events: string[] = [];
      stream.on('text', (piece: string) => events.push(piece));
      const final = await stream.finalMessage();
      return [events, final.content, final.usage.output_tokens, stream.constructor.name];
    },
  ],
  ['beta messages', (c) => c.beta.messages.create(anthropicBody)],
  [
    'the beta stream helper',
    async (c) => (await c.beta.messages.stream(anthropicBody).finalMessage()).content,
  ],
  [
    'a tool',
    async (c) =>
      (
        await c.messages.create({
          ...anthropicBody,
          tools: [{ name: 'get_weather', input_schema: { type: 'object' } }],
        })
      ).content,
  ],
  [
    'a refusal',
    async (c) => {
      failure(400)();
      return c.messages.create(anthropicBody).catch(describeError);
    },
  ],
  [
    'a clone with other options',
    async (c) => (await c.withOptions({ maxRetries: 0 }).messages.create(anthropicBody)).model,
  ],
  [
    'what the client looks like',
    async (c) => [
      Object.keys(c).sort(),
      Object.keys(c.messages).sort(),
      c.messages.create.name,
      c.messages.create.length,
    ],
  ],
];

const genaiChecks: Check[] = [
  [
    'content',
    async (c) => {
      const { text, usageMetadata, modelVersion } = await c.models.generateContent({
        model,
        contents: 'Say hello',
      });
      return [text, usageMetadata, modelVersion];
    },
  ],
  [
    'its promise',
    async (c) => {
      const promise = c.models.generateContent({ model, contents: 'Say hello' });
      const seen = [promise.constructor.name, Object.keys(promise)];
      await promise;
      return seen;
    },
  ],
  [
    'a stream',
    async (c) => {
      const stream = await c.models.generateContentStream({ model, contents: 'Say hello' });
      return [Object.prototype.toString.call(stream), await texts(stream, (chunk) => chunk.text)];
    },
  ],
  [
    'a stream that is left early',
    async (c) => {
      for await (const chunk of await c.models.generateContentStream({
        model,
        contents: 'Say hello',
      }))
        return chunk.text;
      return undefined;
    },
  ],
  [
    'a chat',
    async (c) => {
      const chat = c.chats.create({ model });
      const first = await chat.sendMessage({ message: 'Say hello' });
      return [first.text, chat.getHistory().length];
    },
  ],
  [
    'a chat stream',
    async (c) =>
      texts(
        await c.chats.create({ model }).sendMessageStream({ message: 'Say hello' }),
        (chunk) => chunk.text,
      ),
  ],
  [
    'a refusal',
    async (c) => {
      failure(400)();
      return c.models
        .generateContent({ model, contents: 'Say hello' })
        .catch((error: any) => [error.name, error.status]);
    },
  ],
  [
    'what the client looks like',
    async (c) => [Object.keys(c.models).sort(), c.models.generateContent.length],
  ],
];

const generativeChecks: Check[] = [
  ['content', async (c) => (await c.generateContent('Say hello')).response.text()],
  [
    'a stream',
    async (c) => {
      const { stream, response } = await c.generateContentStream('Say hello');
      return [await texts(stream, (chunk) => chunk.text()), (await response).text()];
    },
  ],
  [
    'all of a stream',
    async (c) => (await (await c.generateContentStream('Say hello')).response).text(),
  ],
  [
    'a chat',
    async (c) => {
      const chat = c.startChat();
      return [
        (await chat.sendMessage('Say hello')).response.text(),
        (await chat.getHistory()).length,
      ];
    },
  ],
  [
    'a chat stream',
    async (c) =>
      texts((await c.startChat().sendMessageStream('Say hello')).stream, (chunk) => chunk.text()),
  ],
  [
    'a refusal',
    async (c) => {
      failure(400)();
      return c
        .generateContent('Say hello')
        .catch((error: any) => [error.constructor.name, error.status]);
    },
  ],
];

const clients: [string, Check[], () => { client: any; module: any }][] = [
  ...['openai', 'openai-6'].map((name): [string, Check[], () => { client: any; module: any }] => [
    name,
    openaiChecks,
    () => {
      const module = require(name);
      const client = new module.OpenAI({
        apiKey: 'none',
        baseURL: `${provider.url}/v1`,
        maxRetries: 0,
        logLevel: 'off',
      });
      const { APIPromise } = require(`${name}/core/api-promise`);
      const { Stream } = require(`${name}/core/streaming`);
      return { client, module: { APIPromise, Stream } };
    },
  ]),
  ...['@anthropic-ai/sdk', 'anthropic-0'].map(
    (name): [string, Check[], () => { client: any; module: any }] => [
      name,
      anthropicChecks,
      () => {
        const { Anthropic } = require(name);
        return {
          client: new Anthropic({ apiKey: 'none', baseURL: provider.url, maxRetries: 0 }),
          module: {},
        };
      },
    ],
  ),
  ...['@google/genai', 'google-genai-2'].map(
    (name): [string, Check[], () => { client: any; module: any }] => [
      name,
      genaiChecks,
      () => {
        const { GoogleGenAI } = require(name);
        return {
          client: new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: provider.url } }),
          module: {},
        };
      },
    ],
  ),
  [
    '@google/generative-ai',
    generativeChecks,
    () => {
      const { GoogleGenerativeAI } = require('@google/generative-ai');
      const client = new GoogleGenerativeAI('none').getGenerativeModel(
        { model },
        { baseUrl: provider.url },
      );
      return { client, module: {} };
    },
  ],
];

describe.each(clients)('%s', (_name, checks, make) => {
  it.each(checks)('behaves the same when watched: %s', async (_check, run) => {
    const plain = make();
    const expected = await run(plain.client, plain.module);
    const requests = provider.requests.splice(0);
    const watched = make();
    expect(watch(watched.client, { captureContent: true })).toBe(watched.client);
    watch(watched.client);
    let inside: unknown;
    const outside = await run(watched.client, watched.module);
    const after = provider.requests.splice(0);
    await traced(async () => {
      inside = await run(watched.client, watched.module);
    });
    expect(JSON.stringify(inside)).toBe(JSON.stringify(expected));
    expect(JSON.stringify(outside)).toBe(JSON.stringify(expected));
    expect(after).toEqual(requests);
    expect(provider.requests).toEqual(requests);
  });

  it('rejects unhandled exactly when it would have anyway', async () => {
    const { client } = make();
    const [name, run] = checks[0];
    expect(name).not.toBe('');
    watch(client);
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    try {
      failure(400)();
      await traced(() => Promise.resolve(run(client, {})).catch(() => 'handled'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });
});

describe('recording', () => {
  const facts = {
    provider: 'openai',
    model: 'some-model-2026',
    promptTokens: 11,
    completionTokens: 7,
  };

  function openai(options?: WatchOptions, baseURL = `${provider.url}/v1`): any {
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
    failure(400)();
    const { steps, errors } = await traced(() =>
      openai()
        .chat.completions.create({ model, messages: ask })
        .catch(() => 'caught'),
    );
    expect(steps?.[1].error).toMatchObject({ message: expect.stringContaining('no such luck') });
    expect(errors).toEqual([]);
  });

  it.each([
    ['https://api.x.ai/v1', 'xai'],
    ['https://grok.example/v1', 'xai'],
    ['https://linux.ai/v1', 'openai'],
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
        endpoint: provider.url,
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
    const client: any = watch(new Anthropic({ apiKey: 'none', baseURL: provider.url }), {
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
        new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: provider.url } }),
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
    const gemini = ai.getGenerativeModel({ model }, { baseUrl: provider.url });
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
      new Anthropic({ apiKey: 'none', baseURL: provider.url, maxRetries: 0 }),
    );
    const google: any = watch(
      new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: provider.url } }),
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
      failure(400)();
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
    expect(lines[0]).toContain('does not know this client');
    setupLogging();
  });

  it('leaves a frozen client as it is, and works', async () => {
    const { OpenAI } = require('openai');
    const client = new OpenAI({ apiKey: 'none', baseURL: `${provider.url}/v1` });
    Object.freeze(client.chat.completions);
    watch(client);
    const { steps } = await traced(() => client.chat.completions.create({ model, messages: ask }));
    expect(steps).toHaveLength(1);
  });

  it('patches one instance, and no other', async () => {
    openai();
    const { OpenAI } = require('openai');
    const other = new OpenAI({ apiKey: 'none', baseURL: `${provider.url}/v1` });
    const { steps } = await traced(() => other.chat.completions.create({ model, messages: ask }));
    expect(steps).toHaveLength(1);
  });

  it.each([[5], ['yes'], [{ captureContent: 1 }]])('refuses the options %j', (options: any) => {
    expect(() => watch({}, options)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
  });
});
