// What the step of a call tells besides its tokens, where the provider tells it.
import { type ExecutionStep, watch } from 'infinium-o2';
import {
  answerWith,
  anthropicBody,
  ask,
  drain,
  model,
  plainAnthropic,
  plainGemini,
  streamWith,
  traced,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();
const openai = () => watchedOpenAI(use.provider);
const claude = () => watch(plainAnthropic(use.provider));
const gemini = () => watch(plainGemini(use.provider)).models;

async function stepOf(run: () => unknown): Promise<ExecutionStep & { metadata: any }> {
  const { steps } = await traced(run);
  const [, step] = steps as ExecutionStep[];
  return step as ExecutionStep & { metadata: any };
}

const chat = { model, messages: ask };
const generate = { model, contents: 'Say hello' };

describe('the reason why the model stopped, and the id of the answer', () => {
  it.each<[string, () => unknown, () => Promise<unknown>, string, string]>([
    [
      'a completion',
      () => ({ id: 'chat-1', choices: [{ index: 0, finish_reason: 'length' }] }),
      () => openai().chat.completions.create(chat),
      'length',
      'chat-1',
    ],
    [
      'a response',
      () => ({ id: 'resp-1', status: 'completed', output: [] }),
      () => openai().responses.create({ model, input: 'Say hello' }),
      'completed',
      'resp-1',
    ],
    [
      'a response that is cut',
      () => ({
        id: 'resp-1',
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [],
      }),
      () => openai().responses.create({ model, input: 'Say hello' }),
      'max_output_tokens',
      'resp-1',
    ],
    [
      'a message',
      () => ({ id: 'msg-1', content: [], stop_reason: 'refusal' }),
      () => claude().messages.create(anthropicBody),
      'refusal',
      'msg-1',
    ],
    [
      'content',
      () => ({ responseId: 'gen-1', candidates: [{ finishReason: 'MAX_TOKENS' }] }),
      () => gemini().generateContent(generate),
      'MAX_TOKENS',
      'gen-1',
    ],
    [
      'content whose prompt is blocked',
      () => ({ responseId: 'gen-1', promptFeedback: { blockReason: 'SAFETY' } }),
      () => gemini().generateContent(generate),
      'SAFETY',
      'gen-1',
    ],
  ])('are those of %s', async (_name, answer, run, reason, id) => {
    answerWith(use.provider, answer());
    const { metadata } = await stepOf(run);
    expect(metadata).toMatchObject({ finish_reason: reason, response_id: id });
  });

  it.each<[string, object[], () => Promise<any>, string, string]>([
    [
      'completions',
      [
        { id: '', model: '', choices: [] },
        { id: 'chat-1', model, choices: [{ index: 0, delta: {}, finish_reason: null }] },
        { id: 'chat-1', model, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
        { id: 'chat-1', model, choices: [{ index: 1, delta: {}, finish_reason: 'length' }] },
      ],
      () => openai().chat.completions.create({ ...chat, stream: true }),
      'stop',
      'chat-1',
    ],
    [
      'responses',
      [
        { type: 'response.created', response: { id: 'resp-1', status: 'in_progress' } },
        { type: 'response.completed', response: { id: 'resp-1', status: 'completed' } },
      ],
      () => openai().responses.create({ model, input: 'Say hello', stream: true }),
      'completed',
      'resp-1',
    ],
    [
      'messages',
      [
        { type: 'message_start', message: { id: 'msg-1', content: [], stop_reason: null } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
        { type: 'message_stop' },
      ],
      () => claude().messages.create({ ...anthropicBody, stream: true }),
      'end_turn',
      'msg-1',
    ],
    [
      'content',
      [
        { responseId: 'gen-1', candidates: [{ content: { parts: [{ text: 'a' }] } }] },
        { responseId: 'gen-1', candidates: [{ finishReason: 'STOP' }] },
        { responseId: 'gen-1', usageMetadata: {} },
      ],
      () => gemini().generateContentStream(generate),
      'STOP',
      'gen-1',
    ],
  ])('are found in a stream of %s', async (_name, chunks, create, reason, id) => {
    streamWith(use.provider, chunks);
    const { metadata } = await stepOf(async () => drain(await create()));
    expect(metadata).toMatchObject({ finish_reason: reason, response_id: id });
  });

  it('are not those of a response that is not finished', async () => {
    answerWith(use.provider, { id: 'resp-1', status: 'queued', output: [] });
    const { metadata } = await stepOf(() =>
      openai().responses.create({ model, input: 'Say hello', background: true }),
    );
    expect(metadata).toEqual({ response_id: 'resp-1' });
  });
});

describe('the time to the first token of a stream', () => {
  /** Blocks the thread: a timer might be late, which the test would not know. */
  function pass(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      // Wait.
    }
  }

  /** Streams an empty chunk, and the other ones when they are asked for. */
  function streamInTwo(empty: any, ...rest: any[]): () => void {
    let release = () => {};
    use.provider.script.push((response) => {
      response.setHeader('content-type', 'text/event-stream');
      const write = (chunk: any) =>
        response.write(
          `${chunk.type ? `event: ${chunk.type}\n` : ''}data: ${JSON.stringify(chunk)}\n\n`,
        );
      write(empty);
      release = () => {
        for (const chunk of rest) write(chunk);
        response.end();
      };
    });
    return () => release();
  }

  const piece = (delta: object) => ({ choices: [{ index: 0, delta }] });
  const text = (part: string) => ({ candidates: [{ content: { parts: [{ text: part }] } }] });
  it.each<[string, any, any, () => Promise<any>]>([
    [
      'completions',
      piece({ role: 'assistant', content: '' }),
      piece({ content: 'Hello' }),
      () => openai().chat.completions.create({ ...chat, stream: true }),
    ],
    [
      'completions that think first',
      piece({ role: 'assistant', content: '' }),
      piece({ reasoning_content: 'Hm' }),
      () => openai().chat.completions.create({ ...chat, stream: true }),
    ],
    [
      'responses',
      { type: 'response.created', response: {} },
      { type: 'response.output_text.delta', delta: 'Hello' },
      () => openai().responses.create({ model, input: 'Say hello', stream: true }),
    ],
    [
      'messages',
      { type: 'message_start', message: { content: [] } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hello' } },
      () => claude().messages.create({ ...anthropicBody, stream: true }),
    ],
    [
      'content',
      { usageMetadata: {} },
      text('Hello'),
      () => gemini().generateContentStream(generate),
    ],
  ])('is that of the first chunk of %s that has content', async (_name, empty, full, create) => {
    const release = streamInTwo(empty, full, empty);
    const { metadata, llmCall } = await stepOf(async () => {
      let seen = 0;
      for await (const _chunk of await create()) {
        seen += 1;
        pass(30);
        if (seen === 1) release();
      }
      expect(seen).toBe(3);
    });
    const first = metadata.time_to_first_token_ms;
    expect(first).toBeGreaterThanOrEqual(30);
    expect(Number.isInteger(first)).toBe(true);
    expect(Number(llmCall?.latencyMs) - first).toBeGreaterThanOrEqual(58);
  });

  it('is not known of an answer that is not streamed', async () => {
    const { metadata } = await stepOf(() => openai().chat.completions.create(chat));
    expect(metadata).not.toHaveProperty('time_to_first_token_ms');
  });
});

describe('the tools that a request offers', () => {
  const parameters = { type: 'object' as const };
  it.each<[string, () => Promise<unknown>, string[]]>([
    [
      'a completion',
      () =>
        openai().chat.completions.create({
          ...chat,
          tools: [
            { type: 'function', function: { name: 'a', parameters } },
            { type: 'custom', custom: { name: 'b' } },
          ],
        }),
      ['a', 'b'],
    ],
    [
      'a completion with functions',
      () => openai().chat.completions.create({ ...chat, functions: [{ name: 'a', parameters }] }),
      ['a'],
    ],
    [
      'a response',
      () =>
        openai().responses.create({
          model,
          input: 'Say hello',
          tools: [
            { type: 'function', name: 'a', parameters, strict: true },
            { type: 'web_search' },
          ],
        }),
      ['a', 'web_search'],
    ],
    [
      'a message',
      () =>
        claude().messages.create({
          ...anthropicBody,
          tools: [
            { name: 'a', input_schema: parameters },
            { type: 'web_search_20250305', name: 'web_search' },
          ],
        }),
      ['a', 'web_search'],
    ],
    [
      'content',
      () =>
        gemini().generateContent({
          ...generate,
          config: {
            tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'b' }] }, { googleSearch: {} }],
          },
        }),
      ['a', 'b', 'googleSearch'],
    ],
  ])('are named for %s', async (_name, run, names) => {
    expect((await stepOf(run)).metadata.tool_names).toEqual(names);
  });

  it('are those of a model of Gemini, too', async () => {
    const { GoogleGenerativeAI } = require('@google/generative-ai');
    const tools = [{ functionDeclarations: [{ name: 'a' }] }];
    const ai: any = watch(new GoogleGenerativeAI('none'));
    const { metadata } = await stepOf(() =>
      ai.getGenerativeModel({ model, tools }, { baseUrl: use.provider.url }).generateContent('x'),
    );
    expect(metadata.tool_names).toEqual(['a']);
  });

  it('are at most twenty, each with 200 characters', async () => {
    const tools = Array.from({ length: 30 }, (_, index) => ({
      type: 'function' as const,
      function: { name: `${index}${'n'.repeat(300)}`, parameters },
    }));
    const { metadata } = await stepOf(() => openai().chat.completions.create({ ...chat, tools }));
    expect(metadata.tool_names).toHaveLength(20);
    expect(metadata.tool_names[19]).toHaveLength(200);
  });

  it('do not keep a call from being recorded when they are none', async () => {
    const { metadata, llmCall } = await stepOf(() =>
      openai().chat.completions.create({ ...chat, tools: [null, 7, {}, { function: 'x' }] }),
    );
    expect([llmCall?.model, metadata.tool_names]).toEqual(['some-model-2026', ['function']]);
  });
});

describe('the status and the id of a request that fails', () => {
  const refuse = (headers: Record<string, string>) =>
    use.provider.script.push((response) => {
      response.writeHead(429, { 'content-type': 'application/json', ...headers });
      response.end('{"error":{"message":"slow down","code":429}}');
    });

  it.each<[string, Record<string, string>, () => Promise<unknown>]>([
    ['openai', { 'x-request-id': 'req-1' }, () => openai().chat.completions.create(chat)],
    ['anthropic', { 'request-id': 'req-1' }, () => claude().messages.create(anthropicBody)],
    ['a gateway', { 'apim-request-id': 'req-1' }, () => openai().chat.completions.create(chat)],
  ])('are known of %s', async (_name, headers, run) => {
    refuse(headers);
    const { metadata, error } = await stepOf(() => run().catch(() => 'caught'));
    expect(error).toBeDefined();
    expect(metadata).toEqual({ http_status: 429, request_id: 'req-1' });
  });

  it('are known of Gemini, which names no request', async () => {
    refuse({});
    const { metadata } = await stepOf(() =>
      gemini()
        .generateContent(generate)
        .catch(() => 'caught'),
    );
    expect(metadata).toEqual({ http_status: 429 });
  });

  it('are known of older clients, whose headers are an object', async () => {
    const create = async () => {
      const headers = { 'x-request-id': 'req-1' };
      throw Object.assign(new Error('slow down'), { status: 429, headers });
    };
    const client: any = watch({ chat: { completions: { create } } });
    const { metadata } = await stepOf(() => client.chat.completions.create(chat).catch(() => {}));
    expect(metadata).toEqual({ http_status: 429, request_id: 'req-1' });
  });

  it('are unknown if there was no answer', async () => {
    use.provider.script.push((response) => response.destroy());
    const { metadata, error } = await stepOf(() =>
      openai()
        .chat.completions.create(chat)
        .catch(() => 'caught'),
    );
    expect(error).toBeDefined();
    expect(metadata).toBeUndefined();
  });
});

it('names the model of the answer, and keeps the requested one where the answer names none', async () => {
  answerWith(use.provider, { model: 'served', choices: [] });
  expect((await stepOf(() => openai().chat.completions.create(chat))).llmCall?.model).toBe(
    'served',
  );
  answerWith(use.provider, { choices: [] });
  expect((await stepOf(() => openai().chat.completions.create(chat))).llmCall?.model).toBe(model);
});

it.each<[string, object, number]>([
  ['OpenRouter', { prompt_tokens: 4, completion_tokens: 8, cost: 0.00125 }, 0.00125],
  ['OpenRouter, for nothing', { prompt_tokens: 4, completion_tokens: 8, cost: 0 }, 0],
  ['Perplexity', { prompt_tokens: 4, completion_tokens: 8, cost: { total_cost: 0.006 } }, 0.006],
  ['xAI', { prompt_tokens: 4, completion_tokens: 8, cost_in_usd_ticks: 37_756_000 }, 0.0037756],
])('records the cost that is reported by %s', async (_name, usage, cost) => {
  answerWith(use.provider, { choices: [], usage });
  const { steps, llmUsage } = await traced(() => openai().chat.completions.create(chat));
  expect(llmUsage?.estimatedCostUsd).toBe(cost);
  expect(steps?.[1].metadata).toEqual({ cost_usd: cost });
});
