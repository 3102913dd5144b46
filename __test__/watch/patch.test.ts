// Which clients watch() patches, how, and what it says of others.
import { type WatchOptions, watch } from 'infinium-o2';
import {
  anthropicBody,
  ask,
  model,
  openaiFacts,
  traced,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();
const openai = () => watchedOpenAI(use.provider);
const plainOpenAI = (OpenAI = require('openai').OpenAI) =>
  new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1`, maxRetries: 0 });
const complete = (client: any) => client.chat.completions.create({ model, messages: ask });

/** The codes and messages of the warnings that a function causes. */
function warningsOf(work: () => void): { code: string; message: string }[] {
  const warnings: { code: string; message: string }[] = [];
  const emit = jest.spyOn(process, 'emitWarning').mockImplementation(((message: any, more: any) => {
    expect(more.type).toBe('InfiniumWarning');
    warnings.push({ code: more.code, message });
  }) as any);
  try {
    work();
  } finally {
    emit.mockRestore();
  }
  return warnings;
}

describe('patching', () => {
  it('patches one instance, and no other', async () => {
    openai();
    const { steps } = await traced(() => complete(plainOpenAI()));
    expect(steps).toHaveLength(1);
  });

  it.each([[5], ['yes'], [{ captureContent: 1 }]])('refuses the options %j', (options: any) => {
    expect(() => watch({}, options)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
  });

  it('keeps the name, the length and the text of a method', () => {
    const [watched, plain] = [openai(), plainOpenAI()].map(({ chat }: any) => chat.completions);
    const look = ({ create }: any) => [create.name, create.length, String(create), `${create}`];
    expect(look(watched)).toEqual(look(plain));
  });

  it('calls a mock that is put into the class later, and records it', async () => {
    const client = openai();
    const { prototype } = require('openai').OpenAI.Chat.Completions;
    const mock = jest
      .spyOn(prototype, 'create')
      .mockResolvedValue({ model: 'mocked', choices: [], usage: { prompt_tokens: 1 } });
    const { steps } = await traced(async () => {
      expect(await complete(client)).toMatchObject({ model: 'mocked' });
      expect(client.chat.completions.create).toHaveBeenCalledTimes(1);
    });
    mock.mockRestore();
    expect(use.provider.requests).toHaveLength(0);
    expect(steps?.slice(1)).toMatchObject([{ llmCall: { model: 'mocked', promptTokens: 1 } }]);
    const after = await traced(() => complete(client));
    expect(after.steps).toHaveLength(2);
    expect(use.provider.requests).toHaveLength(1);
  });

  it('lets a spy replace the method of the watched client, and restore it', async () => {
    const client = openai();
    const { create } = client.chat.completions;
    const spy = jest.spyOn(client.chat.completions, 'create');
    const seen = await traced(() => complete(client));
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockResolvedValue('mocked');
    expect(await complete(client)).toBe('mocked');
    expect(use.provider.requests).toHaveLength(1);
    spy.mockRestore();
    expect(client.chat.completions.create).toBe(create);
    const after = await traced(() => complete(client));
    expect([seen.steps?.length, after.steps?.length]).toEqual([2, 2]);
  });

  it('records once what was watched before and after a spy', async () => {
    const client = openai();
    jest.spyOn(client.chat.completions, 'create');
    watch(client);
    expect((await traced(() => complete(client))).steps).toHaveLength(2);
  });

  it('calls a mock that was there before', async () => {
    const client: any = plainOpenAI();
    const answer = { model: 'mocked', choices: [] };
    const mock = jest.spyOn(client.chat.completions, 'create').mockResolvedValue(answer);
    watch(client);
    const { steps } = await traced(() => complete(client));
    expect(steps?.slice(1)).toMatchObject([{ llmCall: { model: 'mocked' } }]);
    expect(mock).toHaveBeenCalledTimes(1);
    mock.mockRestore();
    expect((await traced(() => complete(client))).steps).toHaveLength(2);
  });

  it.each<[string, (client: any) => unknown]>([
    ['post', (client) => client.post('/chat/completions', { body: { model, messages: ask } })],
    [
      'post of a promise',
      (client) =>
        client.post('/chat/completions', Promise.resolve({ body: { model, messages: ask } })),
    ],
    [
      'post to responses',
      (client) => client.post('/responses', { body: { model, input: 'Hello' } }),
    ],
  ])('records what is sent with %s', async (_how, run) => {
    const { steps } = await traced(() => run(openai()));
    expect(steps?.slice(1)).toMatchObject([{ llmCall: openaiFacts }]);
  });

  it('knows the request that is sent with post, and repeats nothing of it', async () => {
    const body = { model, messages: ask, temperature: 0.5 };
    for (const options of [{ body }, Promise.resolve({ body })]) {
      const client = watchedOpenAI(use.provider, { captureContent: true });
      const { steps } = await traced(() => client.post('/chat/completions', options));
      expect(steps?.[1]).toMatchObject({
        llmCall: { temperature: 0.5 },
        outputPreview: 'Hello world',
      });
      expect(steps?.[1].inputPreview).toContain('Say hello');
      use.provider.script.push((response) => {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end('{"error":{"message":"I will not Say hello to you"}}');
      });
      const refused = await traced(() => openai().post('/chat/completions', options));
      expect(refused.steps?.[1].error?.message).toBe('BadRequestError (status 400)');
    }
  });

  it('records what is sent with post of a client of Anthropic', async () => {
    const { Anthropic } = require('@anthropic-ai/sdk');
    const client: any = watch(new Anthropic({ apiKey: 'none', baseURL: use.provider.url }));
    const { steps } = await traced(() => client.post('/v1/messages', { body: anthropicBody }));
    expect(steps?.slice(1)).toMatchObject([
      { llmCall: { provider: 'anthropic', completionTokens: 7 } },
    ]);
    const others = await traced(() => client.messages.countTokens(anthropicBody).catch(() => {}));
    expect(others.steps).toHaveLength(1);
  });

  it('does not record what is sent elsewhere', async () => {
    use.provider.script.push((response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"model":"m","usage":{"prompt_tokens":1}}');
    });
    const { steps } = await traced(() => openai().post('/moderations', { body: { input: 'x' } }));
    expect(steps).toHaveLength(1);
  });
});

describe('clients that cannot be changed', () => {
  const freeze = (client: any) => {
    for (const part of [client, client.chat, client.chat.completions]) Object.freeze(part);
    return client;
  };
  const seal = (client: any) => {
    for (const part of [client, client.chat, client.chat.completions]) Object.seal(part);
    return client;
  };

  it.each([
    ['frozen', freeze],
    ['sealed', seal],
  ])('records one that is %s, and no other of its class', async (_how, fix) => {
    const { OpenAI } = require('openai');
    const client = fix(plainOpenAI());
    expect(warningsOf(() => watch(watch(client)))).toEqual([]);
    const other: any = plainOpenAI();
    const { steps } = await traced(async () => {
      await complete(client);
      await complete(other);
    });
    expect(steps?.slice(1)).toMatchObject([{ llmCall: openaiFacts }]);
    expect(OpenAI.Chat.Completions.prototype.create.name).toBe('create');
    watch(other);
    expect((await traced(() => complete(other))).steps).toHaveLength(2);
  });

  it('says of one whose methods are its own that its calls are not recorded, once', async () => {
    const client: any = Object.freeze({
      models: Object.freeze({ generateContent: async () => ({}), generateContentStream: () => {} }),
    });
    const [warning, ...others] = warningsOf(() => watch(watch(client)));
    expect(others).toEqual([]);
    expect(warning.code).toBe('INFINIUM_WATCH');
    expect(warning.message).toBe(
      'watch() cannot change this client (@google/genai), so its calls of generateContent, ' +
        'generateContentStream are not in traces. If it is frozen or sealed, pass it to watch() before that.',
    );
    expect((await traced(() => client.models.generateContent())).steps).toHaveLength(1);
  });

  it('returns a client of another package as it is, with one warning for each', () => {
    const strange = Object.freeze({ chat: {} });
    const warnings = warningsOf(() => {
      expect(watch(strange)).toBe(strange);
      expect(watch(strange)).toBe(strange);
      expect(watch(null)).toBe(null);
      expect(watch(undefined)).toBe(undefined);
      watch(undefined);
      watch({});
    });
    expect(warnings.map(({ code }) => code)).toEqual(Array(4).fill('INFINIUM_WATCH'));
    expect(warnings[0].message).toBe(
      'watch() does not support this client (got Object), so its calls are not in traces. Pass a client of ' +
        'one of these packages: openai, groq-sdk, together-ai, @anthropic-ai/sdk, @google/genai, ' +
        '@google/generative-ai, @langchain/openai, @mistralai/mistralai, cohere-ai, ' +
        '@aws-sdk/client-bedrock-runtime, @modelcontextprotocol/sdk, @modelcontextprotocol/client, ollama, ai.',
    );
    expect(warnings[1].message).toContain('(got null)');
  });

  it('asks for an instance when it gets a class', () => {
    const [{ message }] = warningsOf(() => watch(class Models {}));
    expect(message).toContain('(got the class Models: pass an instance)');
    const [other] = warningsOf(() => watch(() => 1));
    expect(other.message).toContain('(got function)');
  });

  it('names the option that was meant', () => {
    const client = plainOpenAI();
    const options = { captureContents: true, other: 1 } as WatchOptions;
    const warnings = warningsOf(() => watch(watch(client, options), options));
    expect(warnings).toEqual([
      {
        code: 'INFINIUM_OPTION',
        message:
          'the option captureContents is unknown: did you mean captureContent?; the option other is unknown: it has no effect',
      },
    ]);
    const hostile: any = new Proxy({}, { ownKeys: () => [][Symbol.iterator] as any });
    expect(warningsOf(() => watch(plainOpenAI(), hostile))).toEqual([]);
  });
});

describe('models of a framework', () => {
  /** Makes its client when it is first used, and others derive from it: as the chat models of LangChain. */
  class Model {
    client: any;
    _getClientOptions() {
      this.client ??= plainOpenAI();
      return { maxRetries: 0 };
    }
    withConfig() {
      return new Model();
    }
    async invoke() {
      const options = this._getClientOptions();
      return this.client.chat.completions.create({ model, messages: ask }, options);
    }
  }

  it('records their calls, and those of the models that are derived', async () => {
    const made: any = watch(new Model());
    const derived = made.withConfig().withConfig();
    const { steps } = await traced(async () => {
      await made.invoke();
      await made.invoke();
      await derived.invoke();
      await new Model().invoke();
    });
    expect(steps?.slice(1)).toMatchObject(Array(3).fill({ llmCall: openaiFacts }));
  });

  it('records one that has its client already', async () => {
    const made: any = new Model();
    made._getClientOptions();
    watch(made);
    const { client } = made;
    expect((await traced(() => complete(client))).steps).toHaveLength(2);
  });
});
