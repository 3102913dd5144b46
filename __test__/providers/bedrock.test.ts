// What only Bedrock has: commands, callbacks, event streams, and the bodies of many models.
import { infinium, traced, useProvider, watch } from '../support/watching';
import { BEDROCK, chunk, frame } from './bedrock-subjects';
import { model, write } from './subject';

const {
  BedrockRuntime,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} = require('@aws-sdk/client-bedrock-runtime');

const use = useProvider();
const [subject] = BEDROCK;
const plain = () => subject.make(use.provider.url);
const make = (options?: object): any => watch(plain(), options);
const input = { modelId: model, messages: [{ role: 'user', content: [{ text: 'Say hello' }] }] };

function answer(body: unknown): void {
  use.provider.script.push((response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
}

function streamed(pieces: Uint8Array[]): void {
  use.provider.script.push((response) => {
    write(response, subject.type, pieces);
    response.end();
  });
}

async function stepOf(run: () => unknown): Promise<any> {
  const { steps } = await traced(run);
  expect(steps).toHaveLength(2);
  return steps?.[1];
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _event of stream) {
    // All of it.
  }
}

const facts = { provider: 'bedrock', model, promptTokens: 11, completionTokens: 7 };

describe('commands', () => {
  it('records the methods of a client that has one for each command', async () => {
    answer(subject.answer);
    const { endpoint, credentials, requestHandler } = plain().config;
    const config = { endpoint, credentials, requestHandler, region: 'us-east-1', maxAttempts: 1 };
    const client = watch(new BedrockRuntime(config));
    const step = await stepOf(() => client.converse(input));
    expect(step).toMatchObject({ llmCall: facts });
  });

  it('knows commands by their schema, whatever their classes are called, and by their classes', async () => {
    const Renamed: any = class extends ConverseCommand {};
    const old: any = new (class extends ConverseCommand {} as any)(input);
    // As in older versions of the package.
    delete old.schema;
    answer(subject.answer);
    answer(subject.answer);
    const client = make();
    const { steps } = await traced(async () => {
      await client.send(new Renamed(input));
      await client.send(old);
    });
    expect(steps?.slice(1)).toMatchObject([{ llmCall: facts }, { llmCall: facts }]);
  });

  it('leaves other commands alone', async () => {
    const command = new CountTokensCommand({ modelId: model, input: { converse: input } });
    answer({ inputTokens: 5 });
    const { steps } = await traced(async () => {
      expect(await make().send(command)).toMatchObject({ inputTokens: 5 });
      await expect(make().send(undefined)).rejects.toThrow();
    });
    expect(steps).toHaveLength(1);
  });

  it.each([
    ['one', (client: any, callback: any) => client.send(new ConverseCommand(input), callback)],
    ['two', (client: any, callback: any) => client.send(new ConverseCommand(input), {}, callback)],
  ])('records a call with a callback, after %s other arguments or options', async (_name, run) => {
    answer(subject.answer);
    use.provider.script.push((response) => {
      response.statusCode = 429;
      response.setHeader('x-amzn-errortype', 'ThrottlingException');
      response.end('{"message":"no such luck"}');
    });
    const client = make();
    const { steps } = await traced(async () => {
      const outcomes: any[][] = [];
      for (const _ of [1, 2]) {
        outcomes.push(
          await new Promise((resolve) => {
            expect(run(client, (...outcome: any[]) => resolve(outcome))).toBeUndefined();
          }),
        );
      }
      expect(outcomes[0][1]).toMatchObject({ stopReason: 'tool_use' });
      expect(outcomes[1][0].name).toBe('ThrottlingException');
    });
    expect(steps?.slice(1)).toMatchObject([
      { llmCall: { ...facts, latencyMs: expect.any(Number) } },
      { error: { errorType: 'ThrottlingException', message: 'no such luck' } },
    ]);
  });

  it('records nothing outside of a trace', async () => {
    answer(subject.answer);
    expect(infinium.currentTrace()).toBeUndefined();
    expect(await make().send(new ConverseCommand(input))).toMatchObject({ stopReason: 'tool_use' });
  });
});

describe('conversations', () => {
  it('records the model that a router has chosen', async () => {
    const trace = { promptRouter: { invokedModelId: 'chosen' } };
    answer({ ...(subject.answer as object), trace });
    expect((await stepOf(() => make().send(new ConverseCommand(input)))).llmCall.model).toBe(
      'chosen',
    );
  });

  it('describes images and tools in a preview', async () => {
    answer(subject.answer);
    const bytes = new Uint8Array(4096);
    const content = [
      { text: 'See' },
      { image: { format: 'png', source: { bytes } } },
      { toolResult: { toolUseId: 'c1', content: [{ text: 'sunny' }] } },
      { cachePoint: { type: 'default' } },
    ];
    const asked = [{ toolUse: { toolUseId: 'c1', name: 'get_weather', input: { city: 'Paris' } } }];
    const messages = [
      { role: 'assistant', content: asked },
      { role: 'user', content },
    ];
    const client = make({ captureContent: true });
    const step = await stepOf(() =>
      client.send(new ConverseCommand({ ...input, messages, system: [{ text: 'Be short' }] })),
    );
    expect(step.inputPreview).toBe(
      'assistant: get_weather({"city":"Paris"}) | user: See [image/png, 4 KB] sunny | system: Be short',
    );
  });

  it('records an exception in a stream', async () => {
    streamed([
      frame('messageStart', { role: 'assistant' }),
      frame('throttlingException', { message: 'no such luck' }, 'exception'),
    ]);
    let thrown: any;
    const step = await stepOf(async () => {
      const { stream } = await make().send(new ConverseStreamCommand(input));
      thrown = await drain(stream).catch((error) => error);
    });
    expect(thrown.name).toBe('ThrottlingException');
    expect(step.error.errorType).toBe('ThrottlingException');
  });

  it('records a request that is aborted', async () => {
    const controller = new AbortController();
    use.provider.script.push(() => controller.abort());
    let thrown: any;
    const step = await stepOf(async () => {
      const command = new ConverseCommand(input);
      thrown = await make()
        .send(command, { abortSignal: controller.signal })
        .catch((error: unknown) => error);
    });
    expect(thrown.name).toBe('AbortError');
    expect(step.error.errorType).toBe('AbortError');
  });
});

interface Body {
  request: object;
  answer: object;
  chunks?: object[];
  whole: object;
  streamed?: object;
}

const metrics = {
  'amazon-bedrock-invocationMetrics': { inputTokenCount: 11, outputTokenCount: 7 },
};
const tools = ['get_weather'];

const bodies: Record<string, Body> = {
  'Nova of Amazon': {
    request: {
      messages: [{ role: 'user', content: [{ text: 'Say hello' }] }],
      inferenceConfig: { temperature: 0.5 },
    },
    answer: {
      output: { message: { role: 'assistant', content: [{ text: 'Hello world' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 8, outputTokens: 7, totalTokens: 18, cacheReadInputTokenCount: 3 },
    },
    chunks: [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hello ' } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'world' } } },
      { messageStop: { stopReason: 'end_turn' } },
      {
        metadata: { usage: { inputTokens: 8, outputTokens: 7, cacheReadInputTokenCount: 3 } },
        ...metrics,
      },
    ],
    whole: { finish_reason: 'end_turn', cached_tokens: 3 },
    streamed: { finish_reason: 'end_turn', cached_tokens: 3 },
  },
  'Titan of Amazon': {
    request: { inputText: 'Say hello', textGenerationConfig: { temperature: 0.5 } },
    answer: {
      inputTextTokenCount: 11,
      results: [{ tokenCount: 7, outputText: 'Hello world', completionReason: 'FINISH' }],
    },
    chunks: [
      { outputText: 'Hello ', index: 0, totalOutputTextTokenCount: null, completionReason: null },
      {
        outputText: 'world',
        index: 0,
        totalOutputTextTokenCount: 7,
        completionReason: 'FINISH',
        inputTextTokenCount: 11,
        ...metrics,
      },
    ],
    whole: { finish_reason: 'FINISH' },
    streamed: { finish_reason: 'FINISH' },
  },
  'Llama of Meta': {
    request: { prompt: 'Say hello', temperature: 0.5 },
    answer: {
      generation: 'Hello world',
      prompt_token_count: 11,
      generation_token_count: 7,
      stop_reason: 'stop',
    },
    chunks: [
      {
        generation: 'Hello ',
        prompt_token_count: 11,
        generation_token_count: 3,
        stop_reason: null,
      },
      {
        generation: 'world',
        prompt_token_count: null,
        generation_token_count: 7,
        stop_reason: 'stop',
      },
    ],
    whole: { finish_reason: 'stop' },
    streamed: { finish_reason: 'stop' },
  },
  'chats of Mistral': {
    request: { messages: [{ role: 'user', content: 'Say hello' }], temperature: 0.5 },
    answer: {
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hello world',
            tool_calls: [{ id: 'c1', function: { name: 'get_weather', arguments: '{}' } }],
          },
          stop_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    },
    chunks: [
      {
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Hello ' }, stop_reason: null },
        ],
      },
      {
        choices: [
          { index: 0, message: { role: 'assistant', content: 'world' }, stop_reason: 'stop' },
        ],
        ...metrics,
      },
    ],
    whole: { finish_reason: 'tool_calls', tool_calls: tools },
    streamed: { finish_reason: 'stop' },
  },
  'texts of Mistral': {
    request: { prompt: 'Say hello', temperature: 0.5 },
    answer: { outputs: [{ text: 'Hello world', stop_reason: 'stop' }] },
    chunks: [
      { outputs: [{ text: 'Hello ', stop_reason: null }] },
      { outputs: [{ text: 'world', stop_reason: 'stop' }], ...metrics },
    ],
    whole: { finish_reason: 'stop' },
    streamed: { finish_reason: 'stop' },
  },
  'Command of Cohere': {
    request: { message: 'Say hello', temperature: 0.5 },
    answer: {
      response_id: 'answer-1',
      text: 'Hello world',
      finish_reason: 'COMPLETE',
      tool_calls: [{ name: 'get_weather', parameters: { city: 'Paris' } }],
    },
    chunks: [
      { event_type: 'text-generation', is_finished: false, text: 'Hello ' },
      { event_type: 'text-generation', is_finished: false, text: 'world' },
      {
        event_type: 'stream-end',
        is_finished: true,
        finish_reason: 'COMPLETE',
        response: { response_id: 'answer-1', text: 'Hello world', finish_reason: 'COMPLETE' },
        ...metrics,
      },
    ],
    whole: { finish_reason: 'COMPLETE', response_id: 'answer-1', tool_calls: tools },
    streamed: { finish_reason: 'COMPLETE', response_id: 'answer-1' },
  },
};
/** Models that do not tell their tokens in the body. */
const UNCOUNTED = ['texts of Mistral', 'Command of Cohere'];

describe.each(Object.entries(bodies))('%s', (name, body) => {
  const invocation = { modelId: model, body: Buffer.from(JSON.stringify(body.request)) };
  const content = {
    inputPreview: expect.stringContaining('Say hello'),
    outputPreview: 'Hello world',
  };

  it('records an answer', async () => {
    answer(body.answer);
    const client = make({ captureContent: true });
    const step = await stepOf(() => client.send(new InvokeModelCommand(invocation)));
    const { promptTokens, completionTokens, ...others } = facts;
    const counts = UNCOUNTED.includes(name) ? {} : { promptTokens, completionTokens };
    expect(step).toMatchObject({
      ...content,
      llmCall: { ...others, ...counts, temperature: 0.5 },
      metadata: body.whole,
    });
  });

  it('records a stream', async () => {
    streamed((body.chunks ?? []).map(chunk));
    const client = make({ captureContent: true });
    const step = await stepOf(async () =>
      drain((await client.send(new InvokeModelWithResponseStreamCommand(invocation))).body),
    );
    expect(step).toMatchObject({
      ...content,
      llmCall: facts,
      metadata: { ...body.streamed, time_to_first_token_ms: expect.any(Number) },
    });
  });
});

describe('other bodies', () => {
  const invoke = (modelId: string, body: unknown, options = {}) =>
    stepOf(() => make(options).send(new InvokeModelCommand({ modelId, body: body as any })));

  it('records embeddings', async () => {
    answer({ embedding: [1], inputTextTokenCount: 11 });
    const step = await invoke('amazon.titan-embed-text-v2:0', '{"inputText":"Hello"}');
    expect(step.llmCall).toMatchObject({ purpose: 'embedding', promptTokens: 11 });
  });

  it('records calls whose bodies are not JSON', async () => {
    use.provider.script.push((response) => response.end(Buffer.from([1, 2, 3])));
    const step = await invoke(model, new Uint8Array([1, 2, 3]), { captureContent: true });
    expect(step.llmCall).toMatchObject({ provider: 'bedrock', model });
    expect(step).not.toHaveProperty('inputPreview');
  });

  it('does not repeat the request in an error', async () => {
    use.provider.script.push((response) => {
      response.statusCode = 400;
      response.setHeader('x-amzn-errortype', 'ValidationException');
      response.end('{"message":"cannot read: tell me a secret story"}');
    });
    const body = JSON.stringify({ prompt: 'tell me a secret story' });
    const step = await stepOf(async () => {
      const command = new InvokeModelCommand({ modelId: model, body: Buffer.from(body) });
      await expect(make().send(command)).rejects.toThrow('secret story');
    });
    expect(step.error.message).toBe('ValidationException (status 400)');
    expect(step.metadata.http_status).toBe(400);
  });
});
