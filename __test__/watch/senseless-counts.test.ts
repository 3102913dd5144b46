// Counts of providers that make no sense: they are left out, and hide no others.
import { watch } from 'infinium-o2';
import {
  answerWith,
  anthropicBody,
  ask,
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

describe('counts that make no sense', () => {
  const text = { role: 'assistant', content: 'Hello' };
  const clients = {
    openai: (count: unknown) => {
      const usage = { prompt_tokens: count, completion_tokens: count, total_tokens: count };
      answerWith(use.provider, { id: 'c', model, choices: [{ index: 0, message: text }], usage });
      const { chat } = watchedOpenAI(use.provider);
      return () => chat.completions.create({ model, messages: ask });
    },
    anthropic: (count: unknown) => {
      const usage = { input_tokens: count, output_tokens: count, cache_read_input_tokens: count };
      answerWith(use.provider, { id: 'm', type: 'message', model, content: [], usage });
      return () => watch(plainAnthropic(use.provider)).messages.create(anthropicBody);
    },
    gemini: (count: unknown) => {
      const usageMetadata = { promptTokenCount: count, candidatesTokenCount: count };
      answerWith(use.provider, { candidates: [], usageMetadata });
      const { models } = watch(plainGemini(use.provider));
      return () => models.generateContent({ model, contents: 'Say hello' });
    },
    'the older package of Gemini': (count: unknown) => {
      const usageMetadata = { promptTokenCount: count, candidatesTokenCount: count };
      answerWith(use.provider, { candidates: [], usageMetadata });
      const { GoogleGenerativeAI } = require('@google/generative-ai');
      const plain = new GoogleGenerativeAI('key').getGenerativeModel(
        { model },
        { baseUrl: use.provider.url },
      );
      return () => watch(plain).generateContent('Say hello');
    },
  };
  const senseless = ['12', -1, 1.5, 1e300, null, true, {}, [5], ''];
  const cases = Object.keys(clients).flatMap((name) =>
    senseless.map((count): [string, unknown] => [name, count]),
  );

  it.each(cases)('are left out: %s, %j', async (name, count) => {
    const [prompt, completion, more] = await countsOf(clients[name as 'openai'](count));
    expect([prompt, completion, more]).toEqual([undefined, undefined, {}]);
  });

  it.each(Object.keys(clients))('are not zeros: %s', async (name) => {
    const [prompt, completion] = await countsOf(clients[name as 'openai'](0));
    expect([prompt, completion]).toEqual([0, 0]);
  });

  it('do not hide the ones before them in a stream', async () => {
    const chunk = (usage: unknown) => ({ id: 'c', model, choices: [], usage });
    streamWith(use.provider, [
      chunk({ prompt_tokens: 4, completion_tokens: 8, total_tokens: 12 }),
      chunk({ prompt_tokens: null, completion_tokens: 'many', total_tokens: -1 }),
      chunk(null),
      chunk([]),
    ]);
    const { chat } = watchedOpenAI(use.provider);
    const create = () => chat.completions.create({ model, messages: ask, stream: true });
    expect(await countsOf(async () => drain(await create()))).toEqual([4, 8, {}]);
  });

  it('take the last of the counts that grow in each event of Anthropic', async () => {
    const delta = (usage: object) => ({ type: 'message_delta', delta: {}, usage });
    const message = { id: 'm', model, content: [], usage: { input_tokens: 4, output_tokens: 0 } };
    streamWith(use.provider, [
      { type: 'message_start', message },
      delta({ output_tokens: 3 }),
      delta({ input_tokens: 4, output_tokens: 8 }),
      delta({ output_tokens: 12, cache_read_input_tokens: 5 }),
      { type: 'message_stop' },
    ]);
    const create = () =>
      watch(plainAnthropic(use.provider)).messages.create({ ...anthropicBody, stream: true });
    expect(await countsOf(async () => drain(await create()))).toEqual([
      9,
      12,
      { cached_tokens: 5 },
    ]);
  });
});
