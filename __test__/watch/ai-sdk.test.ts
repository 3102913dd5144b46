// Language models of the AI SDK that a program calls itself. __test__/frameworks/ai-sdk calls them with the SDK.
import { watch } from 'infinium-o2';
import { traced } from '../support/watching';

const { providerName } = require('../../lib/watch/ai-sdk-facts');

const prompt = [{ role: 'user', content: [{ type: 'text', text: 'How high?' }] }];
const tools = [{ type: 'function', name: 'look_up', inputSchema: {} }];
const nested = {
  inputTokens: { total: 12, noCache: 5, cacheRead: 4, cacheWrite: 3 },
  outputTokens: { total: 8, text: 6, reasoning: 2 },
};
const facts = { cached_tokens: 4, cache_creation_tokens: 3, reasoning_tokens: 2 };

interface Model {
  specificationVersion: string;
  provider: string;
  modelId: string;
  doGenerate(options: object): Promise<any>;
  doStream(options: object): Promise<{ stream: ReadableStream }>;
}

const parts = (finish: object): object[] => [
  { type: 'stream-start', warnings: [] },
  { type: 'response-metadata', id: 'r1', modelId: 'm-2026' },
  { type: 'reasoning-delta', id: '0', delta: 'Hm' },
  { type: 'text-delta', id: '1', delta: '4806 ' },
  { type: 'text-delta', id: '1', delta: 'metres' },
  { type: 'tool-call', toolCallId: 'c1', toolName: 'look_up', input: '{"q":1}' },
  { type: 'finish', ...finish },
];

/** A model that answers so; its stream fails where it has an error. */
function fake(specificationVersion: string, finish: any, stream: unknown[] = parts(finish)): Model {
  return {
    specificationVersion,
    provider: 'openai.chat',
    modelId: 'm',
    async doGenerate() {
      const content = [
        { type: 'text', text: '4806 metres' },
        { type: 'tool-call', toolCallId: 'c1', toolName: 'look_up', input: '{"q":1}' },
      ];
      return { content, response: { id: 'r1', modelId: 'm-2026' }, ...finish };
    },
    async doStream() {
      const left = [...stream];
      return {
        stream: new ReadableStream({
          pull(controller) {
            const part = left.shift();
            if (part instanceof Error) controller.error(part);
            else if (part) controller.enqueue(part);
            else controller.close();
          },
        }),
      };
    },
  };
}

async function stepOf(call: () => Promise<unknown>): Promise<any> {
  const { steps } = await traced(call);
  expect(steps).toHaveLength(2);
  return steps?.[1];
}

const drain = async (stream: any) => {
  for await (const _part of stream);
};
const finish = { usage: nested, finishReason: { unified: 'stop', raw: 'end_turn' } };
const request = { prompt, tools, temperature: 0.3 };

describe('a watched language model of the AI SDK', () => {
  it('is the same object, with the same answers', async () => {
    const model = fake('v4', finish);
    const plain = await model.doGenerate(request);
    expect(watch(model)).toBe(model);
    expect(await model.doGenerate(request)).toEqual(plain);
    await traced(async () => expect(await model.doGenerate(request)).toEqual(plain));
  });

  it('records an answer', async () => {
    const model = watch(fake('v4', finish), { captureContent: true });
    const step = await stepOf(() => model.doGenerate(request));
    expect(step).toMatchObject({
      inputPreview: 'user: How high?',
      outputPreview: '4806 metres',
      llmCall: {
        provider: 'openai',
        model: 'm-2026',
        promptTokens: 12,
        completionTokens: 8,
        temperature: 0.3,
      },
      metadata: {
        ...facts,
        finish_reason: 'end_turn',
        response_id: 'r1',
        tool_names: ['look_up'],
        tool_calls: ['look_up'],
      },
    });
  });

  it.each<[string, (stream: any) => Promise<unknown>]>([
    ['its iterator', drain],
    ['a pipe, as the SDK does', (stream) => drain(stream.pipeThrough(new TransformStream()))],
  ])('records a stream that is read with %s', async (_how, read) => {
    const model = watch(fake('v3', finish), { captureContent: true });
    const step = await stepOf(async () => read((await model.doStream(request)).stream));
    expect(step).toMatchObject({
      outputPreview: '4806 metres',
      llmCall: { model: 'm-2026', promptTokens: 12, completionTokens: 8 },
      metadata: { ...facts, finish_reason: 'end_turn', tool_calls: ['look_up'] },
    });
    expect(step.metadata.time_to_first_token_ms).toBeGreaterThanOrEqual(0);
  });

  it('records what was read of a stream that is left', async () => {
    const model = watch(fake('v4', finish), { captureContent: true });
    const step = await stepOf(async () => {
      const { stream } = await model.doStream(request);
      for await (const part of stream as any) if (part.type === 'text-delta') break;
    });
    expect(step).toMatchObject({ outputPreview: '4806 ', llmCall: { model: 'm-2026' } });
  });

  it('records what a failed stream has told', async () => {
    const broken = [...parts(finish).slice(0, 4), new RangeError('broken')];
    const model = watch(fake('v4', finish, broken));
    const step = await stepOf(async () => {
      const { stream } = await model.doStream(request);
      await expect(drain(stream)).rejects.toThrow('broken');
    });
    expect(step).toMatchObject({
      error: { errorType: 'RangeError' },
      llmCall: { model: 'm-2026' },
    });
  });

  it('records an error that the stream tells as a part', async () => {
    const told = [{ type: 'error', error: { type: 'overloaded', message: 'try later' } }];
    const model = watch(fake('v4', finish, told), { captureContent: true });
    const step = await stepOf(async () => drain((await model.doStream(request)).stream));
    expect(step.error).toMatchObject({ message: 'try later', errorCode: 'overloaded' });
  });

  it('shows no content unless it is asked for', async () => {
    const model = watch(fake('v4', finish));
    const step = await stepOf(() => model.doGenerate(request));
    expect(JSON.stringify(step)).not.toMatch(/How high|metres/);
  });
});

it.each<[string, string, object, object]>([
  ['v2', 'OpenAI', { inputTokens: 12, outputTokens: 8, totalTokens: 20, cachedInputTokens: 4 }, {}],
  [
    'v2',
    'Gemini, which counts thoughts in the total only',
    { inputTokens: 12, outputTokens: 6, totalTokens: 20, cachedInputTokens: 4, reasoningTokens: 2 },
    {},
  ],
  [
    'v2',
    'Anthropic, which counts cached tokens apart',
    { inputTokens: 5, outputTokens: 8, totalTokens: 13, cachedInputTokens: 4 },
    {
      anthropic: {
        usage: {
          input_tokens: 5,
          output_tokens: 8,
          cache_read_input_tokens: 4,
          cache_creation_input_tokens: 3,
        },
      },
    },
  ],
  [
    'v2',
    'Bedrock, which does so, too',
    { inputTokens: 5, outputTokens: 8, totalTokens: 13, cachedInputTokens: 4 },
    { bedrock: { usage: { cacheWriteInputTokens: 3 } } },
  ],
  [
    'v4',
    'parts without a total',
    {
      inputTokens: { noCache: 5, cacheRead: 4, cacheWrite: 3 },
      outputTokens: { text: 6, reasoning: 2 },
    },
    {},
  ],
])('adds up the usage of %s of %s', async (version, _provider, usage, providerMetadata) => {
  const model = watch(fake(version, { usage, finishReason: 'stop', providerMetadata }));
  const step = await stepOf(() => model.doGenerate({ prompt }));
  expect(step).toMatchObject({
    llmCall: { promptTokens: 12, completionTokens: 8 },
    metadata: { cached_tokens: 4, finish_reason: 'stop' },
  });
});

it.each([
  ['openai.responses', 'openai'],
  ['azure-openai.chat', 'azure'],
  ['amazon-bedrock', 'bedrock'],
  ['bedrock.anthropic.messages', 'bedrock'],
  ['googleVertex.anthropic.messages', 'vertex'],
  ['google.generative-ai', 'google'],
  ['google.vertex.chat', 'google'],
  ['togetherai.chat', 'together'],
  ['gateway', 'gateway'],
  [undefined, undefined],
])('calls the provider %s %s', (name, provider) => {
  expect(providerName(name)).toBe(provider);
});
