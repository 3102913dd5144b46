// An answer of status 200 may contain an error: it is the error of the call.
import { type ExecutionStep, watch } from 'infinium-o2';
import {
  answerWith,
  anthropicBody,
  ask,
  drain,
  model,
  plainAnthropic,
  streamWith,
  traced,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();
const captured = { captureContent: true };
const openai = () => watchedOpenAI(use.provider, captured);
const claude = () => watch(plainAnthropic(use.provider), captured);
const chat = { model, messages: ask };

async function stepOf(run: () => unknown): Promise<ExecutionStep> {
  const { steps } = await traced(run);
  const [, step] = steps as ExecutionStep[];
  return step;
}

const usage = { prompt_tokens: 4, completion_tokens: 8 };

it.each<[string, object, () => Promise<unknown>, object]>([
  [
    'a choice, as OpenRouter does it',
    {
      choices: [
        { index: 0, error: { code: 502, message: 'upstream is down' }, finish_reason: 'error' },
      ],
      usage,
    },
    () => openai().chat.completions.create(chat),
    { errorType: 'ResponseFailed', errorCode: '502', message: 'upstream is down' },
  ],
  [
    'place of the choices',
    { error: { code: 'overloaded', message: 'try again' } },
    () => openai().chat.completions.create(chat),
    { errorType: 'ResponseFailed', errorCode: 'overloaded', message: 'try again' },
  ],
  [
    'place of the choices, as a text',
    { error: 'try again' },
    () => openai().chat.completions.create(chat),
    { errorType: 'ResponseFailed', message: 'try again' },
  ],
  [
    'a response that has failed',
    { status: 'failed', error: { code: 'server_error', message: 'it broke' }, output: [] },
    () => openai().responses.create({ model, input: 'x' }),
    { errorType: 'ResponseFailed', errorCode: 'server_error', message: 'it broke' },
  ],
  [
    'a response that does not say why it has failed',
    { status: 'failed', error: null, output: [] },
    () => openai().responses.create({ model, input: 'x' }),
    { errorType: 'ResponseFailed', message: 'the response has failed' },
  ],
  [
    'place of embeddings',
    { error: { message: 'no such model' } },
    // Its client fails, too, because there are no embeddings.
    () =>
      openai()
        .embeddings.create({ model, input: 'x', encoding_format: 'float' })
        .catch(() => {}),
    { errorType: 'ResponseFailed', message: 'no such model' },
  ],
  [
    'place of a message',
    { type: 'error', error: { type: 'overloaded_error', message: 'try again' } },
    () => claude().messages.create(anthropicBody),
    { errorType: 'ResponseFailed', errorCode: 'overloaded_error', message: 'try again' },
  ],
])('is found in %s', async (_where, answer, run, error) => {
  answerWith(use.provider, answer);
  const step = await stepOf(run);
  expect(step.error).toEqual(error);
  expect(step.llmCall?.latencyMs).toEqual(expect.any(Number));
});

it('leaves the tokens of the call, and the reason', async () => {
  answerWith(use.provider, {
    choices: [{ index: 0, error: { message: 'no' }, finish_reason: 'error' }],
    usage,
  });
  expect(await stepOf(() => openai().chat.completions.create(chat))).toMatchObject({
    llmCall: { promptTokens: 4, completionTokens: 8 },
    metadata: { finish_reason: 'error' },
  });
});

it.each<[string, object[], () => Promise<any>, object]>([
  [
    'a choice of a stream, before the usage',
    [
      { choices: [{ index: 0, delta: { content: 'Hel' } }] },
      { choices: [{ index: 0, delta: {}, error: { code: 502, message: 'upstream is down' } }] },
      { choices: [], usage },
    ],
    () => openai().chat.completions.create({ ...chat, stream: true }),
    {
      error: { errorType: 'ResponseFailed', errorCode: '502', message: 'upstream is down' },
      outputPreview: 'Hel',
      llmCall: { promptTokens: 4, completionTokens: 8 },
    },
  ],
  [
    'a stream of a response',
    [
      { type: 'response.created', response: { status: 'in_progress' } },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_error', message: 'it broke' } },
      },
    ],
    () => openai().responses.create({ model, input: 'x', stream: true }),
    { error: { errorType: 'ResponseFailed', errorCode: 'server_error', message: 'it broke' } },
  ],
])('is found in %s', async (_where, chunks, create, expected) => {
  streamWith(use.provider, chunks);
  expect(await stepOf(async () => drain(await create()))).toMatchObject(expected);
});

it.each<[string, object]>([
  ['no error', { error: null, choices: [] }],
  ['an empty error', { error: {}, choices: [] }],
  ['an error that says nothing', { error: { message: '', code: null }, choices: [] }],
])('is not seen in an answer with %s', async (_what, answer) => {
  answerWith(use.provider, answer);
  expect(await stepOf(() => openai().chat.completions.create(chat))).not.toHaveProperty('error');
});

it('is shown without its message where content is not captured', async () => {
  answerWith(use.provider, { error: { code: 'bad', message: 'You said: Say hello' } });
  const plain = watchedOpenAI(use.provider);
  const step = await stepOf(() => plain.chat.completions.create(chat));
  expect(step.error).toEqual({
    errorType: 'ResponseFailed',
    errorCode: 'bad',
    message: 'ResponseFailed',
  });
});
