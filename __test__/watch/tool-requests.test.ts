// Which decision of a model led to which call of a tool.
import { type TaskData, traceTool, watch } from 'infinium-o2';
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

const weather = traceTool('weather', async (where: { city: string }, _more?: object) => where.city);

/** The metadata of the tool steps that tells of requests. */
function requests({ steps }: TaskData): unknown[] {
  const tools = (steps ?? []).filter(({ action }) => action === 'tool_call');
  return tools.map(({ metadata }) => [metadata?.tool_call_id, metadata?.requested_by_step]);
}

const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ city, unit: 'C' }) },
});
const chat = (...tool_calls: object[]) => ({
  id: 'c',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls } }],
});
const create = () => watchedOpenAI(use.provider).chat.completions.create({ model, messages: ask });

it('is found by the arguments, in any order of their members', async () => {
  answerWith(use.provider, chat(call('1', 'Rome'), call('2', 'Oslo')));
  const task = await traced(async () => {
    await create();
    await Promise.all([
      weather({ unit: 'C', city: 'Oslo' } as never),
      weather({ unit: 'C', city: 'Rome' } as never),
    ]);
    await weather({ city: 'Bern' });
  });
  expect(requests(task)).toEqual([
    ['2', 2],
    ['1', 2],
    [undefined, undefined],
  ]);
});

it('is found by the id, if the arguments name it', async () => {
  answerWith(use.provider, chat(call('1', 'Rome'), call('2', 'Rome')));
  const task = await traced(async () => {
    await create();
    await weather({ city: 'Rome' }, { toolCallId: '2' });
  });
  expect(requests(task)).toEqual([['2', 2]]);
});

it('is that of the last LLM call, and found by the name at last', async () => {
  const task = await traced(async () => {
    answerWith(use.provider, chat(call('1', 'Rome')));
    await create();
    answerWith(use.provider, chat(call('2', 'Rome'), call('3', 'Rome')));
    await create();
    await weather({ city: 'elsewhere' });
    await weather({ city: 'elsewhere' });
  });
  expect(requests(task)).toEqual([
    ['2', 3],
    ['3', 3],
  ]);
});

it('is found in streams of pieces', async () => {
  const delta = (tool: object) => ({ choices: [{ index: 0, delta: { tool_calls: [tool] } }] });
  const piece = (index: number, text: string) => delta({ index, function: { arguments: text } });
  streamWith(use.provider, [
    delta({ index: 0, id: '1', function: { name: 'weather', arguments: '' } }),
    piece(0, '{"city":'),
    delta({ index: 1, id: '2', function: { name: 'weather', arguments: '{"ci' } }),
    piece(1, 'ty":"Oslo"}'),
    piece(0, '"Rome"}'),
  ]);
  const task = await traced(async () => {
    const client = watchedOpenAI(use.provider);
    await drain(await client.chat.completions.create({ model, messages: ask, stream: true }));
    await weather({ city: 'Oslo' });
    await weather({ city: 'Rome' });
  });
  expect(requests(task)).toEqual([
    ['2', 2],
    ['1', 2],
  ]);
});

it('is found in answers of the Responses API', async () => {
  const item = {
    type: 'function_call',
    call_id: 'r-1',
    name: 'weather',
    arguments: '{"city":"Rome"}',
  };
  answerWith(use.provider, {
    id: 'r',
    object: 'response',
    model,
    status: 'completed',
    output: [item],
  });
  const task = await traced(async () => {
    await watchedOpenAI(use.provider).responses.create({ model, input: 'x' });
    await weather({ city: 'Rome' });
  });
  expect(requests(task)).toEqual([['r-1', 2]]);
});

it('is found in answers of Anthropic', async () => {
  const block = (id: string, city: string) => ({
    type: 'tool_use',
    id,
    name: 'weather',
    input: { city },
  });
  answerWith(use.provider, {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model,
    content: [block('a-1', 'Rome'), block('a-2', 'Oslo')],
    usage: { input_tokens: 1, output_tokens: 1 },
  });
  const task = await traced(async () => {
    await watch(plainAnthropic(use.provider)).messages.create(anthropicBody);
    await weather({ city: 'Oslo' });
  });
  expect(requests(task)).toEqual([['a-2', 2]]);
});

it('is found in answers of Gemini', async () => {
  const part = { functionCall: { id: 'g-1', name: 'weather', args: { city: 'Rome' } } };
  answerWith(use.provider, { candidates: [{ content: { role: 'model', parts: [part] } }] });
  const task = await traced(async () => {
    await watch(plainGemini(use.provider)).models.generateContent({ model, contents: 'x' });
    await weather({ city: 'Rome' });
  });
  expect(requests(task)).toEqual([['g-1', 2]]);
});
