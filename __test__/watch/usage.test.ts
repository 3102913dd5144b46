// Prompts are everything that the model read, completions everything that it wrote: they add up to the provider's total.
import { watch } from 'infinium-o2';
import {
  answerWith,
  anthropicBody,
  ask,
  type Counts,
  countsOf,
  drain,
  model,
  plainAnthropic,
  plainGemini,
  streamWith,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();

const choices = [{ index: 0, message: { role: 'assistant', content: 'Hello' } }];
const complete = () =>
  countsOf(() => watchedOpenAI(use.provider).chat.completions.create({ model, messages: ask }));

describe('the usage of a chat completion', () => {
  it.each<[string, object, Counts]>([
    [
      'of OpenAI',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 9, audio_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 4 },
      },
      [
        100,
        50,
        { cached_tokens: 80, cache_creation_tokens: 9, reasoning_tokens: 20, audio_tokens: 7 },
      ],
    ],
    [
      'of xAI, which counts the reasoning in the total only',
      {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
      [32, 103, { reasoning_tokens: 94 }],
    ],
    [
      'of Gemini, which does not name the reasoning',
      { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
      [20, 603, {}],
    ],
    [
      'of DeepSeek',
      {
        prompt_tokens: 90,
        completion_tokens: 5,
        total_tokens: 95,
        prompt_cache_hit_tokens: 64,
        prompt_cache_miss_tokens: 26,
      },
      [90, 5, { cached_tokens: 64 }],
    ],
    [
      'of LiteLLM',
      {
        prompt_tokens: 90,
        completion_tokens: 5,
        total_tokens: 95,
        prompt_tokens_details: { cached_tokens: 60, cache_creation_tokens: 9 },
      },
      [90, 5, { cached_tokens: 60, cache_creation_tokens: 9 }],
    ],
    [
      'of Moonshot',
      { prompt_tokens: 90, completion_tokens: 5, total_tokens: 95, cached_tokens: 60 },
      [90, 5, { cached_tokens: 60 }],
    ],
    [
      'of Mistral',
      { prompt_tokens: 90, completion_tokens: 5, total_tokens: 95, num_cached_tokens: 60 },
      [90, 5, { cached_tokens: 60 }],
    ],
    [
      'of a server with the names of the Responses API',
      {
        input_tokens: 12,
        output_tokens: 8,
        total_tokens: 20,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 3 },
      },
      [12, 8, { cached_tokens: 4, reasoning_tokens: 3 }],
    ],
    [
      "of a gateway with Anthropic's counts",
      {
        input_tokens: 4,
        output_tokens: 8,
        cache_read_input_tokens: 21_500,
        cache_creation_input_tokens: 100,
      },
      [21_604, 8, { cached_tokens: 21_500, cache_creation_tokens: 100 }],
    ],
    [
      'of a server that counts cached tokens in the total only',
      { prompt_tokens: 4, completion_tokens: 8, total_tokens: 42, cached_tokens: 30 },
      [34, 8, { cached_tokens: 30 }],
    ],
    ['without the completion', { prompt_tokens: 4, total_tokens: 9 }, [4, 5, {}]],
    ['without the prompt', { completion_tokens: 4, total_tokens: 9 }, [5, 4, {}]],
    [
      'with a total that is too small',
      { prompt_tokens: 4, completion_tokens: 8, total_tokens: 10 },
      [4, 8, {}],
    ],
    [
      'that makes no sense',
      { prompt_tokens: 4, completion_tokens: '8', total_tokens: -3, cached_tokens: -1 },
      [4, undefined, {}],
    ],
  ])('%s', async (_name, usage, expected) => {
    answerWith(use.provider, { id: 'c', model, choices, usage });
    expect(await complete()).toEqual(expected);
  });

  it.each<[string, object]>([
    [
      'in the answer of Groq',
      { choices, x_groq: { usage: { prompt_tokens: 4, completion_tokens: 8 } } },
    ],
    [
      'in a choice',
      { choices: [{ ...choices[0], usage: { prompt_tokens: 4, completion_tokens: 8 } }] },
    ],
  ])('is found %s', async (_where, answer) => {
    answerWith(use.provider, { id: 'c', model, ...answer });
    expect(await complete()).toEqual([4, 8, {}]);
  });

  const delta = { index: 0, delta: { content: 'Hello' } };
  const usage = { prompt_tokens: 4, completion_tokens: 8, total_tokens: 12 };
  it.each<[string, object[]]>([
    ['in a last chunk without choices', [{ choices: [delta] }, { choices: [], usage }]],
    ['in the last choice', [{ choices: [delta] }, { choices: [{ ...delta, usage }] }]],
    ['in the last chunk of Groq', [{ choices: [delta] }, { choices: [], x_groq: { usage } }]],
    [
      'in every chunk, growing',
      [
        { choices: [delta], usage: { prompt_tokens: 4, completion_tokens: 1, total_tokens: 5 } },
        { choices: [delta], usage },
        { choices: [], usage: null },
      ],
    ],
  ])('is found in a stream: %s', async (_where, chunks) => {
    streamWith(use.provider, chunks);
    const counts = await countsOf(async () =>
      drain(
        await watchedOpenAI(use.provider).chat.completions.create({
          model,
          messages: ask,
          stream: true,
        }),
      ),
    );
    expect(counts).toEqual([4, 8, {}]);
  });
});

describe('the usage of a message of Anthropic', () => {
  const claude = () => watch(plainAnthropic(use.provider));

  it.each<[string, object, Counts]>([
    [
      'is what was fresh, read from the cache and written to it',
      {
        input_tokens: 4,
        output_tokens: 8,
        cache_read_input_tokens: 21_500,
        cache_creation_input_tokens: 100,
        cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
        output_tokens_details: { thinking_tokens: 5 },
      },
      [21_604, 8, { cached_tokens: 21_500, cache_creation_tokens: 100, reasoning_tokens: 5 }],
    ],
    [
      'is counted by the time that the cache keeps it',
      {
        input_tokens: 4,
        output_tokens: 8,
        cache_creation_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      },
      [104, 8, { cache_creation_tokens: 100 }],
    ],
    [
      'has nulls',
      {
        input_tokens: 4,
        output_tokens: 8,
        cache_read_input_tokens: null,
        cache_creation_input_tokens: null,
        cache_creation: null,
      },
      [4, 8, {}],
    ],
    [
      'has a compaction, which is counted apart',
      {
        input_tokens: 4,
        output_tokens: 8,
        iterations: [
          { type: 'compaction', input_tokens: 1_000, output_tokens: 200 },
          { type: 'message', input_tokens: 4, output_tokens: 8 },
        ],
      },
      [1_004, 208, {}],
    ],
  ])('%s', async (_name, usage, expected) => {
    answerWith(use.provider, { id: 'm', type: 'message', model, content: [], usage });
    expect(await countsOf(() => claude().messages.create(anthropicBody))).toEqual(expected);
  });

  it.each<[string, object, object, Counts]>([
    [
      'with prompts in the first event',
      { input_tokens: 4, output_tokens: 1, cache_read_input_tokens: 30 },
      { output_tokens: 8 },
      [34, 8, { cached_tokens: 30 }],
    ],
    [
      'with everything in the last event',
      { input_tokens: 0, output_tokens: 0 },
      { input_tokens: 4, output_tokens: 8, cache_read_input_tokens: 30 },
      [34, 8, { cached_tokens: 30 }],
    ],
    [
      'with zeros and nulls in the last event',
      { input_tokens: 4, output_tokens: 1, cache_read_input_tokens: 30 },
      { input_tokens: 0, output_tokens: 8, cache_read_input_tokens: null },
      [34, 8, { cached_tokens: 30 }],
    ],
  ])('is found in a stream %s', async (_how, first, last, expected) => {
    streamWith(use.provider, [
      { type: 'message_start', message: { id: 'm', model, content: [], usage: first } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: last },
      { type: 'message_stop' },
    ]);
    const create = () => claude().messages.create({ ...anthropicBody, stream: true });
    expect(await countsOf(async () => drain(await create()))).toEqual(expected);
  });
});

describe('the usage of Gemini', () => {
  const candidates = [{ content: { role: 'model', parts: [{ text: 'Hello' }] } }];
  const generate = { model, contents: 'Say hello' };
  const gemini = () => watch(plainGemini(use.provider)).models;
  const thinking = {
    promptTokenCount: 20,
    candidatesTokenCount: 198,
    thoughtsTokenCount: 405,
    toolUsePromptTokenCount: 7,
    totalTokenCount: 630,
  };

  it.each<[string, object, Counts]>([
    [
      'has thoughts and prompts of tools',
      thinking,
      [27, 603, { reasoning_tokens: 405, tool_prompt_tokens: 7 }],
    ],
    [
      'counts the thoughts among the candidates',
      {
        promptTokenCount: 20,
        candidatesTokenCount: 603,
        thoughtsTokenCount: 405,
        totalTokenCount: 623,
      },
      [20, 603, { reasoning_tokens: 405 }],
    ],
    [
      'has no total',
      { promptTokenCount: 20, candidatesTokenCount: 198, thoughtsTokenCount: 405 },
      [20, 603, { reasoning_tokens: 405 }],
    ],
    [
      'has thoughts only, because the limit was reached',
      { promptTokenCount: 20, thoughtsTokenCount: 405, totalTokenCount: 425 },
      [20, 405, { reasoning_tokens: 405 }],
    ],
    [
      'has cached content and audio',
      {
        promptTokenCount: 20,
        candidatesTokenCount: 8,
        totalTokenCount: 28,
        cachedContentTokenCount: 12,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 5 },
          { modality: 'AUDIO', tokenCount: 15 },
        ],
        candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 8 }],
      },
      [20, 8, { cached_tokens: 12, audio_tokens: 23 }],
    ],
  ])('%s', async (_name, usageMetadata, expected) => {
    answerWith(use.provider, { candidates, usageMetadata });
    expect(await countsOf(() => gemini().generateContent(generate))).toEqual(expected);
  });

  it('is found in the chunks of a stream, of which each tells a part', async () => {
    const { candidatesTokenCount: _later, ...early } = thinking;
    streamWith(use.provider, [
      { candidates, usageMetadata: { ...early, totalTokenCount: 432 } },
      { candidates, usageMetadata: { candidatesTokenCount: 198, totalTokenCount: 630 } },
    ]);
    const counts = await countsOf(async () =>
      drain(await gemini().generateContentStream(generate)),
    );
    expect(counts).toEqual([27, 603, { reasoning_tokens: 405, tool_prompt_tokens: 7 }]);
  });
});
