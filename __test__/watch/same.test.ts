// The providers' real clients behave the same whether they are watched or not.
import { watch } from 'infinium-o2';
import { type Check, describeError, texts } from '../support/checks';
import { openaiChecks } from '../support/openai-checks';
import { answerWith, anthropicBody, model, refuse, traced, useProvider } from '../support/watching';

const use = useProvider();

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
    'a tool runner, whole and streamed',
    async (c) => {
      const run = (stream: boolean) =>
        c.beta.messages.toolRunner({ ...anthropicBody, tools: [], stream }).runUntilDone();
      return [await run(false), await run(true)];
    },
  ],
  [
    'a refusal',
    async (c) => {
      refuse(use.provider, 400);
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
      refuse(use.provider, 400);
      return c.models
        .generateContent({ model, contents: 'Say hello' })
        .catch((error: any) => [error.name, error.status]);
    },
  ],
  [
    'automatic function calling',
    async (c) => {
      const call = { functionCall: { name: 'f', args: {} } };
      answerWith(use.provider, { candidates: [{ content: { role: 'model', parts: [call] } }] });
      const tool = {
        tool: async () => ({ functionDeclarations: [{ name: 'f' }] }),
        callTool: async () => [{ functionResponse: { name: 'f', response: {} } }],
      };
      const config = { tools: [tool] };
      const answer = await c.models.generateContent({ model, contents: 'Say hello', config });
      return [answer.text, answer.automaticFunctionCallingHistory];
    },
  ],
  [
    'an interaction',
    async (c) => {
      answerWith(use.provider, { id: 'i', object: 'interaction', status: 'completed', steps: [] });
      const { id, status } = await c.interactions.create({ model, input: 'Say hello' });
      return [id, status];
    },
  ],
  [
    'what the client looks like',
    async (c) => [
      Object.keys(c.models).sort(),
      c.models.generateContent.length,
      Object.keys(c.interactions).sort(),
    ],
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
      refuse(use.provider, 400);
      return c
        .generateContent('Say hello')
        .catch((error: any) => [error.constructor.name, error.status]);
    },
  ],
];

const clients: [string, Check[], () => { client: any; module: any }][] = [
  ...['openai', 'openai-6'].map((name): [string, Check[], () => { client: any; module: any }] => [
    name,
    openaiChecks(use),
    () => {
      const module = require(name);
      const client = new module.OpenAI({
        apiKey: 'none',
        baseURL: `${use.provider.url}/v1`,
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
          client: new Anthropic({ apiKey: 'none', baseURL: use.provider.url, maxRetries: 0 }),
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
          client: new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: use.provider.url } }),
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
        { baseUrl: use.provider.url },
      );
      return { client, module: {} };
    },
  ],
];

describe.each(clients)('%s', (_name, checks, make) => {
  it.each(checks)('behaves the same when watched: %s', async (_check, run) => {
    const plain = make();
    const expected = await run(plain.client, plain.module);
    const requests = use.provider.requests.splice(0);
    const watched = make();
    expect(watch(watched.client, { captureContent: true })).toBe(watched.client);
    watch(watched.client);
    let inside: unknown;
    const outside = await run(watched.client, watched.module);
    const after = use.provider.requests.splice(0);
    await traced(async () => {
      inside = await run(watched.client, watched.module);
    });
    expect(JSON.stringify(inside)).toBe(JSON.stringify(expected));
    expect(JSON.stringify(outside)).toBe(JSON.stringify(expected));
    expect(after).toEqual(requests);
    expect(use.provider.requests).toEqual(requests);
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
      refuse(use.provider, 400);
      await traced(() => Promise.resolve(run(client, {})).catch(() => 'handled'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });
});
