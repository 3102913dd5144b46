// The methods that call a model, one by one: each request is one call, with its tokens, tools and texts.
import { type ExecutionStep, watch } from 'infinium-o2';
import {
  answerWith,
  drain,
  model,
  plainGemini,
  streamWith,
  traced,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();
const captured = { captureContent: true };

async function stepsOf(run: () => unknown): Promise<any[]> {
  const { steps } = await traced(run);
  const [, ...calls] = steps as ExecutionStep[];
  return calls;
}

const usage = { input_tokens: 4, output_tokens: 8, total_tokens: 12 };
const upload = () => new File(['bytes'], 'a.bin');

describe.each(['openai', 'openai-6'])('%s', (packageName) => {
  function openai(): any {
    const { OpenAI } = require(packageName);
    const baseURL = `${use.provider.url}/v1`;
    return watch(new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 }), captured);
  }

  const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }];
  it.each<[string, unknown, (client: any) => Promise<unknown>, object]>([
    [
      'responses.compact',
      { id: 'cmp-1', object: 'response.compaction', output: [{ type: 'compaction' }], usage },
      (c) => c.responses.compact({ model, input: 'Say hello' }),
      { inputPreview: 'Say hello', llmCall: { promptTokens: 4, completionTokens: 8 } },
    ],
    [
      'completions',
      {
        model: 'served',
        choices: [{ index: 0, text: 'Hello', finish_reason: 'stop' }],
        usage: { prompt_tokens: 4, completion_tokens: 8 },
      },
      (c) => c.completions.create({ model, prompt: 'Say hello' }),
      {
        inputPreview: 'Say hello',
        outputPreview: 'Hello',
        llmCall: { model: 'served', promptTokens: 4, completionTokens: 8 },
        metadata: { finish_reason: 'stop' },
      },
    ],
    [
      'embeddings',
      {
        object: 'list',
        model: 'served',
        data: [{ index: 0, embedding: 'AAAAAA==' }],
        usage: { prompt_tokens: 4, total_tokens: 4 },
      },
      (c) => c.embeddings.create({ model, input: ['Say hello', 'and goodbye'] }),
      {
        inputPreview: 'Say hello and goodbye',
        llmCall: { model: 'served', promptTokens: 4, purpose: 'embedding' },
      },
    ],
    [
      'images.generate',
      { data: [{ b64_json: 'A'.repeat(4096) }], output_format: 'webp', usage },
      (c) => c.images.generate({ model, prompt: 'A crab' }),
      {
        inputPreview: 'A crab',
        outputPreview: '[image/webp, 3 KB]',
        llmCall: { model, promptTokens: 4, completionTokens: 8, purpose: 'image' },
      },
    ],
    [
      'images.edit',
      { data: [], usage },
      (c) => c.images.edit({ model, prompt: 'A crab', image: upload() }),
      { inputPreview: 'A crab', llmCall: { model, promptTokens: 4, completionTokens: 8 } },
    ],
    [
      'audio.transcriptions',
      {
        text: 'Hello',
        usage: { type: 'tokens', ...usage, input_token_details: { audio_tokens: 3 } },
      },
      (c) => c.audio.transcriptions.create({ model, file: upload() }),
      {
        outputPreview: 'Hello',
        llmCall: { model, promptTokens: 4, completionTokens: 8, purpose: 'transcription' },
        metadata: { audio_tokens: 3 },
      },
    ],
    [
      'audio.translations',
      { text: 'Hello' },
      (c) => c.audio.translations.create({ model, file: upload() }),
      { outputPreview: 'Hello', llmCall: { model, purpose: 'translation' } },
    ],
    [
      'audio.speech, which has no usage',
      { any: 'bytes' },
      async (c) => (await c.audio.speech.create({ model, voice: 'a', input: 'Say hello' })).text(),
      { inputPreview: 'Say hello', llmCall: { model, purpose: 'speech' } },
    ],
  ])('records %s', async (_name, answer, run, expected) => {
    answerWith(use.provider, answer);
    const steps = await stepsOf(() => run(openai()));
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject(expected);
    expect(steps[0].llmCall.latencyMs).toEqual(expect.any(Number));
    expect(steps[0]).not.toHaveProperty('error');
  });

  it.each<[string, object[], (client: any) => Promise<any>, object]>([
    [
      'completions',
      [
        { choices: [{ index: 0, text: 'Hel' }] },
        { choices: [{ index: 0, text: 'lo', finish_reason: 'stop' }] },
        { choices: [], usage: { prompt_tokens: 4, completion_tokens: 8 } },
      ],
      (c) => c.completions.create({ model, prompt: 'Say hello', stream: true }),
      { outputPreview: 'Hello', llmCall: { promptTokens: 4, completionTokens: 8 } },
    ],
    [
      'images',
      [
        { type: 'image_generation.partial_image', b64_json: 'A'.repeat(4096) },
        { type: 'image_generation.completed', b64_json: 'A'.repeat(4096), usage },
      ],
      (c) => c.images.generate({ model, prompt: 'A crab', stream: true }),
      { outputPreview: '[image/png, 3 KB]', llmCall: { promptTokens: 4, completionTokens: 8 } },
    ],
    [
      'transcriptions',
      [
        { type: 'transcript.text.delta', delta: 'Hel' },
        { type: 'transcript.text.delta', delta: 'lo' },
        { type: 'transcript.text.done', text: 'Hello', usage },
      ],
      (c) => c.audio.transcriptions.create({ model, file: upload(), stream: true }),
      { outputPreview: 'Hello', llmCall: { promptTokens: 4, completionTokens: 8 } },
    ],
  ])('records streams of %s', async (_name, chunks, create, expected) => {
    streamWith(use.provider, chunks);
    const steps = await stepsOf(async () => drain(await create(openai())));
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject(expected);
    expect(steps[0].metadata.time_to_first_token_ms).toEqual(expect.any(Number));
  });

  it('names a tool once, although its name is in every piece of the call', async () => {
    const piece = (index: number, id: string, name: string) => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index, id, function: { name } }] } }],
    });
    streamWith(use.provider, [
      piece(0, 'c1', 'first'),
      piece(0, 'c1', 'first'),
      piece(0, 'c2', 'second'),
      piece(1, 'c3', 'first'),
    ]);
    const [step] = await stepsOf(async () =>
      drain(await openai().chat.completions.create({ model, messages: [], stream: true })),
    );
    expect(step.metadata.tool_calls).toEqual(['first', 'second', 'first']);
  });

  const beta = (client: any) => client.beta.responses;
  it('records beta.responses where the package has it', async () => {
    const client = openai();
    if (!beta(client)) return;
    answerWith(use.provider, { id: 'resp-1', model: 'served', status: 'completed', output, usage });
    answerWith(use.provider, { id: 'cmp-1', output: [], usage });
    const steps = await stepsOf(async () => {
      await beta(client).create({ model, input: 'Say hello' });
      await beta(client).compact({ model, input: 'Say hello' });
    });
    expect(steps).toMatchObject([
      {
        outputPreview: 'Hello',
        llmCall: { model: 'served', promptTokens: 4, completionTokens: 8 },
      },
      { llmCall: { model, promptTokens: 4, completionTokens: 8 } },
    ]);
  });
});

describe('a request whose options are known later', () => {
  const body = {
    model,
    messages: [{ role: 'user', content: 'A very private question' }],
    temperature: 0.5,
    tools: [{ type: 'function', function: { name: 'look_up' } }],
  };
  // This is how the methods of the client send their requests.
  const post = (client: any) => client.post('/chat/completions', Promise.resolve({ body }));

  it('is recorded as one whose options are known', async () => {
    const steps = await stepsOf(() => post(watchedOpenAI(use.provider, captured)));
    expect(steps).toMatchObject([
      {
        inputPreview: 'user: A very private question',
        llmCall: { provider: 'openai', temperature: 0.5 },
        metadata: { tool_names: ['look_up'] },
      },
    ]);
  });

  it('is not repeated by an error', async () => {
    use.provider.script.push((response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `No: ${body.messages[0].content}` } }));
    });
    const [step] = await stepsOf(() => post(watchedOpenAI(use.provider)).catch(() => 'caught'));
    expect(step.llmCall.model).toBe(model);
    expect(JSON.stringify(step)).not.toContain('private');
  });

  it('leaves a failure of the options to the caller', async () => {
    const failing = () =>
      watchedOpenAI(use.provider).post(
        '/chat/completions',
        Promise.reject(new Error('no options')),
      );
    const errors: unknown[] = [];
    const [step] = await stepsOf(() =>
      failing().catch((error: Error) => errors.push(error.message)),
    );
    expect(errors).toEqual(['no options']);
    expect(step.error).toBeDefined();
  });
});

it('has beta.responses in the newer package of OpenAI', () => {
  expect(watchedOpenAI(use.provider).beta.responses).toBeDefined();
});

describe.each(['@google/genai', 'google-genai-2'])('%s', (packageName) => {
  const gemini = () => watch(plainGemini(use.provider, packageName), captured);
  const part = (content: object, counts: object = {}) => ({
    modelVersion: 'served',
    candidates: [{ content: { role: 'model', parts: [content] } }],
    usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 8, totalTokenCount: 12, ...counts },
  });
  const asked = part({ functionCall: { name: 'look_up', args: { q: 1 } } });
  const tool = {
    tool: async () => ({ functionDeclarations: [{ name: 'look_up' }] }),
    callTool: async () => [
      { functionResponse: { name: 'look_up', response: { output: 'sunny' } } },
    ],
  };
  const withTool = { model, contents: 'The weather?', config: { tools: [tool] } };
  const threeRequests = [
    { metadata: { tool_calls: ['look_up'], tool_names: ['look_up'] } },
    { metadata: { tool_calls: ['look_up'], tool_names: ['look_up'] } },
    { outputPreview: 'Sunny', metadata: { tool_names: ['look_up'] } },
  ].map((step) => ({
    ...step,
    llmCall: { model: 'served', promptTokens: 4, completionTokens: 8 },
  }));

  it('records every request of automatic function calling', async () => {
    for (const answer of [asked, asked, part({ text: 'Sunny' })]) answerWith(use.provider, answer);
    const steps = await stepsOf(() => gemini().models.generateContent(withTool));
    expect(steps).toMatchObject(threeRequests);
    expect(steps[2].metadata).not.toHaveProperty('tool_calls');
  });

  it('records every request of automatic function calling in a stream', async () => {
    for (const answer of [asked, asked, part({ text: 'Sunny' })])
      streamWith(use.provider, [answer]);
    const steps = await stepsOf(async () =>
      drain(await gemini().models.generateContentStream(withTool)),
    );
    expect(steps).toMatchObject(threeRequests);
  });

  it('records embeddings', async () => {
    // The older package leaves the usage out.
    const told = packageName === '@google/genai' && { promptTokens: 4 };
    answerWith(use.provider, {
      embeddings: [{ values: [1] }],
      usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
    });
    const steps = await stepsOf(() => gemini().models.embedContent({ model, contents: ['Hello'] }));
    expect(steps).toMatchObject([
      {
        inputPreview: 'Hello',
        llmCall: { provider: 'google', model, purpose: 'embedding', ...told },
      },
    ]);
  });

  it('records embeddings on Vertex, each of which counts its own tokens', async () => {
    const { GoogleGenAI } = require(packageName);
    const httpOptions = { baseUrl: use.provider.url };
    const client: any = watch(new GoogleGenAI({ vertexai: true, apiKey: 'none', httpOptions }));
    const embedding = (count: number) => ({
      embeddings: { values: [1], statistics: { token_count: count } },
    });
    answerWith(use.provider, { predictions: [embedding(4), embedding(3)] });
    const steps = await stepsOf(() => client.models.embedContent({ model, contents: ['a', 'b'] }));
    expect(steps).toMatchObject([{ llmCall: { promptTokens: 7, purpose: 'embedding' } }]);
  });
});

it('records embeddings of @google/generative-ai', async () => {
  const { GoogleGenerativeAI } = require('@google/generative-ai');
  const ai: any = watch(new GoogleGenerativeAI('none'), captured);
  answerWith(use.provider, { embedding: { values: [1] } });
  const steps = await stepsOf(() =>
    ai.getGenerativeModel({ model }, { baseUrl: use.provider.url }).embedContent('Hello'),
  );
  expect(steps).toMatchObject([
    { inputPreview: 'Hello', llmCall: { provider: 'google', model, purpose: 'embedding' } },
  ]);
});
