// The other methods of providers' own clients, and what only one of them has.
import { startProvider } from '../support/provider';
import { traced, useProvider, watch } from '../support/watching';
import { model, sse, write } from './subject';
import { SUBJECTS } from './subjects';

const use = useProvider();

const make = (name: string, options = {}) =>
  watch(SUBJECTS.find((subject) => subject.name === name)?.make(use.provider.url), options);

function answer(body: unknown): void {
  use.provider.script.push((response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
}

function streamed(type: string, pieces: string[]): void {
  use.provider.script.push((response) => {
    write(response, type, pieces);
    response.end();
  });
}

/** The step of a call. */
async function stepOf(run: () => unknown): Promise<any> {
  const { steps } = await traced(run);
  expect(steps).toHaveLength(2);
  return steps?.[1];
}

async function collect(stream: AsyncIterable<any>): Promise<any[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const messages = [{ role: 'user' as const, content: 'Say hello' }];
const usage = { prompt_tokens: 11, completion_tokens: 0, total_tokens: 11 };

describe('groq-sdk and together-ai', () => {
  it.each(['groq-sdk', 'together-ai'])('records embeddings of %s', async (name) => {
    answer({ object: 'list', data: [{ index: 0, embedding: [1] }], model, usage });
    const step = await stepOf(() => make(name).embeddings.create({ model, input: 'Hello' }));
    expect(step.llmCall).toMatchObject({ purpose: 'embedding', promptTokens: 11, model });
  });

  it('records reranking', async () => {
    answer({ object: 'rerank', results: [], model, usage });
    const options = { captureContent: true };
    const client = make('together-ai', options);
    const step = await stepOf(() =>
      client.rerank.create({ model, query: 'Which?', documents: [] }),
    );
    expect(step).toMatchObject({
      inputPreview: 'Which?',
      llmCall: { provider: 'together', purpose: 'rerank', promptTokens: 11 },
    });
  });

  it('records a request that is sent with post, and one of a clone', async () => {
    const choices = [{ index: 0, message: { content: 'Hello' }, finish_reason: 'stop' }];
    answer({ id: 'answer-1', model, choices, usage });
    answer({ id: 'answer-1', model, choices, usage });
    const client = make('groq-sdk');
    const { steps } = await traced(async () => {
      await client.post('/openai/v1/chat/completions', { body: { model, messages } });
      await client.withOptions({ timeout: 9_000 }).chat.completions.create({ model, messages });
    });
    const call = { llmCall: { provider: 'groq', promptTokens: 11 } };
    expect(steps?.slice(1)).toMatchObject([call, call]);
  });

  it('records the error that a stream of Groq tells', async () => {
    const chunk = { id: '1', model, choices: [], x_groq: { id: 'r', error: 'over capacity' } };
    streamed('text/event-stream', sse([chunk], 'data: [DONE]\n\n'));
    const step = await stepOf(async () =>
      collect(await make('groq-sdk').chat.completions.create({ model, messages, stream: true })),
    );
    expect(step.error).toMatchObject({ errorType: 'ResponseFailed' });
  });
});

describe('ollama', () => {
  const counts = { prompt_eval_count: 11, eval_count: 7, done: true, done_reason: 'length' };

  it('records a generated text', async () => {
    answer({ model, response: 'Hello', thinking: 'Hm.', ...counts });
    const client = make('ollama', { captureContent: true });
    const step = await stepOf(() =>
      client.generate({ model, prompt: 'Say it', system: 'Be short' }),
    );
    expect(step).toMatchObject({
      inputPreview: 'Say it | system: Be short',
      outputPreview: 'Hello',
      llmCall: { provider: 'ollama', promptTokens: 11, completionTokens: 7 },
      metadata: { finish_reason: 'length' },
    });
  });

  it.each(['embed', 'embeddings'])('records the embeddings of %s', async (method) => {
    answer({ model, embeddings: [[1]], embedding: [1], prompt_eval_count: 11 });
    const step = await stepOf(() => make('ollama')[method]({ model, input: 'a', prompt: 'a' }));
    expect(step.llmCall).toMatchObject({ purpose: 'embedding', promptTokens: 11 });
  });

  it('records the error that a stream tells', async () => {
    const line = (value: unknown) => `${JSON.stringify(value)}\n`;
    streamed('application/x-ndjson', [
      line({ model, message: { content: 'Hel' }, done: false }),
      line({ error: 'out of memory' }),
    ]);
    let thrown: any;
    const step = await stepOf(async () => {
      thrown = await collect(
        await make('ollama').chat({ model, messages: [...messages], stream: true }),
      ).catch((error) => error);
    });
    expect(thrown.message).toBe('out of memory');
    expect(step.error.errorType).toBe('Error');
  });

  it('records a stream that is aborted', async () => {
    use.provider.script.push((response) =>
      write(response, 'application/x-ndjson', [
        `${JSON.stringify({ model, message: { content: 'Hel' }, done: false })}\n`,
      ]),
    );
    let thrown: any;
    const step = await stepOf(async () => {
      const stream = await make('ollama').chat({ model, messages: [...messages], stream: true });
      try {
        for await (const _part of stream) stream.abort();
      } catch (error) {
        thrown = error;
      }
    });
    expect(thrown.name).toBe('AbortError');
    expect(step.error.errorType).toBe('AbortError');
  });

  it('tells why there is no connection', async () => {
    const gone = await startProvider();
    const client = watch(SUBJECTS.find(({ name }) => name === 'ollama')?.make(gone.url));
    await gone.stop();
    const step = await stepOf(() => client.chat({ model, messages: [...messages] }));
    expect(step.error.message).toMatch(/^fetch failed .*ECONNREFUSED/);
  });

  it('leaves other methods alone', async () => {
    answer({ models: [] });
    const { steps } = await traced(() => make('ollama').list());
    expect(steps).toHaveLength(1);
  });
});

describe.each(['mistral', 'mistral-1'])('%s', (name) => {
  const choice = { index: 0, message: { content: '{"a":1}' }, finish_reason: 'stop' };
  const completion = {
    id: 'answer-1',
    object: 'chat.completion',
    created: 0,
    model,
    usage: { ...usage, completion_tokens: 7, total_tokens: 18 },
    choices: [choice],
  };
  const delta = {
    ...completion,
    choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }],
  };
  const facts = { provider: 'mistral', model, promptTokens: 11, completionTokens: 7 };

  it.each<[string, (client: any) => unknown]>([
    ['fim.complete', (client) => client.fim.complete({ model, prompt: 'Say hello' })],
    ['agents.complete', (client) => client.agents.complete({ agentId: 'a', messages })],
  ])('records %s', async (_method, run) => {
    answer(completion);
    const step = await stepOf(() => run(make(name, { captureContent: true })));
    expect(step).toMatchObject({
      llmCall: facts,
      inputPreview: expect.stringContaining('Say hello'),
    });
  });

  it.each<[string, (client: any) => Promise<any>]>([
    ['fim.stream', (client) => client.fim.stream({ model, prompt: 'Say hello' })],
    ['agents.stream', (client) => client.agents.stream({ agentId: 'a', messages })],
    [
      'chat.parseStream',
      (client) => client.chat.parseStream({ model, messages, responseFormat: schema }),
    ],
  ])('records %s', async (_method, run) => {
    streamed('text/event-stream', sse([delta], 'data: [DONE]\n\n'));
    const step = await stepOf(async () => collect(await run(make(name))));
    expect(step.llmCall).toMatchObject(facts);
  });

  const schema = require(name === 'mistral' ? 'zod' : 'zod/v3').object({
    a: require(name === 'mistral' ? 'zod' : 'zod/v3').number(),
  });

  it('records chat.parse', async () => {
    answer(completion);
    let parsed: any;
    const step = await stepOf(async () => {
      parsed = await make(name).chat.parse({ model, messages, responseFormat: schema });
    });
    expect(parsed.choices[0].message.parsed).toEqual({ a: 1 });
    expect(step.llmCall).toMatchObject(facts);
  });

  it('records embeddings', async () => {
    answer({ id: 'answer-1', object: 'list', model, usage, data: [] });
    const step = await stepOf(() => make(name).embeddings.create({ model, inputs: ['a'] }));
    expect(step.llmCall).toMatchObject({ purpose: 'embedding', promptTokens: 11 });
  });

  it('records a stream that is read in other ways', async () => {
    streamed('text/event-stream', sse([delta], 'data: [DONE]\n\n'));
    const step = await stepOf(async () => {
      const reader = (await make(name).chat.stream({ model, messages })).getReader();
      while (!(await reader.read()).done);
    });
    expect(step.llmCall).toMatchObject(facts);
  });

  it('records conversations', async () => {
    const call = { type: 'function.call', tool_call_id: 'c1', name: 'add', arguments: '{"a":1}' };
    answer({
      object: 'conversation.response',
      conversation_id: 'conversation-1',
      outputs: [
        { type: 'message.output', role: 'assistant', model, content: 'Hello' },
        { ...call, id: 'f1' },
      ],
      usage: { ...usage, completion_tokens: 7, total_tokens: 18 },
    });
    const event = (type: string, data: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
    const part = { output_index: 0, id: 'm1', model };
    streamed('text/event-stream', [
      event('conversation.response.started', { conversation_id: 'conversation-1' }),
      event('message.output.delta', {
        ...part,
        content_index: 0,
        role: 'assistant',
        content: 'Hel',
      }),
      event('message.output.delta', {
        ...part,
        content_index: 0,
        role: 'assistant',
        content: 'lo',
      }),
      event('function.call.delta', { ...part, ...call, type: 'function.call.delta' }),
      event('conversation.response.done', {
        usage: { ...usage, completion_tokens: 7, total_tokens: 18 },
      }),
    ]);
    const client = make(name, { captureContent: true });
    const { steps } = await traced(async () => {
      await client.beta.conversations.start({ model, inputs: 'Say hello' });
      const conversationId = 'conversation-1';
      await collect(
        await client.beta.conversations.appendStream({
          conversationId,
          conversationAppendStreamRequest: { inputs: 'Say hello' },
        }),
      );
    });
    const step = {
      inputPreview: 'Say hello',
      outputPreview: 'Hello',
      llmCall: facts,
      metadata: { tool_calls: ['add'] },
    };
    expect(steps?.slice(1)).toMatchObject([step, step]);
  });
});

describe.each(['cohere-ai', 'cohere-7'])('%s', (name) => {
  const meta = { billed_units: { input_tokens: 11, search_units: 2 } };

  it.each(['CohereClientV2', 'CohereClient'])(
    'records embeddings and reranking of %s',
    async (kind) => {
      answer({
        id: 'answer-1',
        response_type: 'embeddings_by_type',
        embeddings: {},
        texts: [],
        meta,
      });
      answer({ id: 'answer-1', results: [], meta });
      const client = make(`${name}, ${kind}`, { captureContent: true });
      const { steps } = await traced(async () => {
        await client.embed({ model, texts: ['Hello'], inputType: 'search_query' });
        await client.rerank({ model, query: 'Which?', documents: ['a'] });
      });
      expect(steps?.slice(1)).toMatchObject([
        {
          inputPreview: 'Hello',
          llmCall: { provider: 'cohere', purpose: 'embedding', promptTokens: 11 },
        },
        { inputPreview: 'Which?', llmCall: { purpose: 'rerank' }, metadata: { search_units: 2 } },
      ]);
    },
  );

  it('records calls of the second version by a client of the first', async () => {
    const content = [{ type: 'text', text: 'Hello' }];
    answer({ id: 'answer-1', finish_reason: 'COMPLETE', message: { role: 'assistant', content } });
    const client = make(`${name}, CohereClient`, { captureContent: true });
    const step = await stepOf(() => client.v2.chat({ model, messages }));
    expect(step).toMatchObject({ outputPreview: 'Hello', metadata: { finish_reason: 'COMPLETE' } });
  });

  it('records an answer whose response is asked for, too', async () => {
    const message = { role: 'assistant', content: [] };
    answer({ id: 'answer-1', finish_reason: 'COMPLETE', message });
    let raw: any;
    const step = await stepOf(async () => {
      raw = await make(`${name}, CohereClientV2`).chat({ model, messages }).withRawResponse();
    });
    expect(raw).toMatchObject({ data: { id: 'answer-1' }, rawResponse: { status: 200 } });
    expect(step.metadata).toMatchObject({ finish_reason: 'COMPLETE', response_id: 'answer-1' });
  });

  it('records an answer that has failed', async () => {
    const message = { role: 'assistant', content: [] };
    answer({ id: 'answer-1', finish_reason: 'ERROR', message });
    const step = await stepOf(() => make(`${name}, CohereClientV2`).chat({ model, messages }));
    expect(step.error).toMatchObject({ errorType: 'ResponseFailed' });
  });
});
