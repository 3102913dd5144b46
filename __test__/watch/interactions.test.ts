// The interactions of Gemini's client: answers in steps, whole and streamed.
import { type ExecutionStep, watch } from 'infinium-o2';
import {
  answerWith,
  drain,
  model,
  plainGemini,
  streamWith,
  traced,
  useProvider,
} from '../support/watching';

const use = useProvider();

describe.each(['@google/genai', 'google-genai-2'])('an interaction of %s', (packageName) => {
  const plain = () => plainGemini(use.provider, packageName);
  const gemini = () => watch(plain(), { captureContent: true });

  async function stepOf(run: () => unknown): Promise<any> {
    const { steps } = await traced(run);
    expect(steps).toHaveLength(2);
    return (steps as ExecutionStep[])[1];
  }

  const usage = {
    total_input_tokens: 20,
    total_output_tokens: 198,
    total_thought_tokens: 405,
    total_tool_use_tokens: 7,
    total_cached_tokens: 5,
    total_tokens: 630,
    input_tokens_by_modality: [{ modality: 'audio', tokens: 15 }],
    tool_use_tokens_by_modality: [{ modality: 'audio', tokens: 1 }],
    output_tokens_by_modality: [{ modality: 'audio', tokens: 4 }],
  };
  const expected = {
    inputPreview: 'The weather? | system: Be brief',
    outputPreview: 'Sunny',
    llmCall: {
      provider: 'google',
      model: 'served',
      promptTokens: 27,
      completionTokens: 603,
      temperature: 0.5,
    },
    metadata: {
      finish_reason: 'completed',
      response_id: 'int-1',
      tool_calls: ['look_up', 'google_search_call'],
      tool_names: ['look_up'],
      cached_tokens: 5,
      tool_prompt_tokens: 7,
      reasoning_tokens: 405,
      audio_tokens: 20,
    },
  };
  const request = {
    model,
    input: 'The weather?',
    system_instruction: 'Be brief',
    generation_config: { temperature: 0.5 },
    tools: [{ type: 'function', name: 'look_up' }],
  };
  const whole = {
    id: 'int-1',
    object: 'interaction',
    model: 'served',
    status: 'completed',
    steps: [
      { type: 'thought', summary: [{ type: 'text', text: 'Hm' }] },
      { type: 'function_call', id: 'c', name: 'look_up', arguments: {} },
      { type: 'google_search_call', id: 'd', arguments: {} },
      { type: 'model_output', content: [{ type: 'text', text: 'Sunny' }] },
    ],
    usage,
  };
  const delta = (piece: object) => ({ event_type: 'step.delta', index: 3, delta: piece });
  const events = [
    {
      event_type: 'interaction.created',
      interaction: { id: 'int-1', model: 'served', status: 'in_progress' },
    },
    { event_type: 'step.start', index: 1, step: { type: 'function_call', name: 'look_up' } },
    { event_type: 'step.start', index: 2, step: { type: 'google_search_call' } },
    { event_type: 'step.start', index: 3, step: { type: 'model_output' } },
    delta({ type: 'thought_summary', content: { type: 'text', text: 'Hm' } }),
    delta({ type: 'text', text: 'Sun' }),
    delta({ type: 'text', text: 'ny' }),
    {
      event_type: 'interaction.completed',
      interaction: { id: 'int-1', status: 'completed', usage },
    },
  ];

  it('is recorded', async () => {
    answerWith(use.provider, whole);
    expect(await stepOf(() => gemini().interactions.create(request))).toMatchObject(expected);
  });

  it('stops its clock when it is answered', async () => {
    answerWith(use.provider, whole);
    const { duration, steps } = await traced(async () => {
      await gemini().interactions.create(request);
      const end = performance.now() + 60;
      while (performance.now() < end) {
        // The function does something else.
      }
    });
    expect(duration * 1000 - Number(steps?.[1].llmCall?.latencyMs)).toBeGreaterThanOrEqual(58);
  });

  const ways: [string, (stream: any) => Promise<unknown>][] = [
    ['for await', drain],
    ['values()', (stream) => drain(stream.values())],
  ];
  const starts: [string, object][] = [
    ['continued by the client', { automatic_continuation: true }],
    ['not continued', { automatic_continuation: false }],
    // The client gives a proxy of its stream.
    ['that continues another', { automatic_continuation: false, continuation_token: 't' }],
  ];
  it.each(
    starts.flatMap(([start, options]) =>
      ways.map(([way, read]): [string, string, object, (stream: any) => Promise<unknown>] => [
        start,
        way,
        options,
        read,
      ]),
    ),
  )(
    'is recorded when it is streamed, %s, and read with %s',
    async (_start, _way, options, read) => {
      streamWith(use.provider, events);
      const step = await stepOf(async () =>
        read(await gemini().interactions.create({ ...request, ...options, stream: true })),
      );
      expect(step).toMatchObject(expected);
      expect(step.metadata.time_to_first_token_ms).toEqual(expect.any(Number));
    },
  );

  it.each(starts)('gives the same events when it is watched, %s', async (_start, options) => {
    const read = async (client: any) => {
      streamWith(use.provider, events);
      const seen: unknown[] = [];
      await traced(async () => {
        const stream = await client.interactions.create({ ...request, ...options, stream: true });
        for await (const event of stream) seen.push(event);
      });
      return seen;
    };
    expect(await read(gemini())).toEqual(await read(plain()));
  });

  it('is that of an agent', async () => {
    answerWith(use.provider, { ...whole, model: undefined, agent: 'researcher-2' });
    const run = () => gemini().interactions.create({ agent: 'researcher', input: 'x' });
    expect((await stepOf(run)).llmCall.model).toBe('researcher-2');
    answerWith(use.provider, { ...whole, model: undefined });
    expect((await stepOf(run)).llmCall.model).toBe('researcher');
  });

  it('counts without a total', async () => {
    answerWith(use.provider, { ...whole, usage: { ...usage, total_tokens: undefined } });
    const { llmCall } = await stepOf(() => gemini().interactions.create(request));
    expect(llmCall).toMatchObject({ promptTokens: 27, completionTokens: 603 });
  });

  it.each<[string, object, object]>([
    [
      'says why',
      { status: 'failed', errors: [{ code: 13, message: 'it broke' }] },
      { errorType: 'ResponseFailed', errorCode: '13', message: 'it broke' },
    ],
    [
      'does not say why',
      { status: 'failed' },
      { errorType: 'ResponseFailed', message: 'the response has failed' },
    ],
  ])('that has failed has an error when it %s', async (_how, parts, error) => {
    answerWith(use.provider, { ...whole, ...parts });
    expect((await stepOf(() => gemini().interactions.create(request))).error).toEqual(error);
  });

  it('that fails while it is streamed has the error of its event', async () => {
    const error = { code: 'internal', message: 'it broke' };
    streamWith(use.provider, [events[0], { event_type: 'error', error }]);
    const step = await stepOf(async () =>
      drain(await gemini().interactions.create({ ...request, stream: true })).catch(() => 'caught'),
    );
    expect(step.error).toMatchObject({ message: 'it broke' });
  });
});

it('creates interactions no earlier than the client does, and the same ones each time', () => {
  const client: any = watch(plainGemini(use.provider));
  expect(watch(client)).toBe(client);
  expect(client._interactions).toBeUndefined();
  const { interactions } = client;
  expect(client.interactions).toBe(interactions);
  expect(client._interactions).toBe(interactions);
  const keys = (object: object) => Object.keys(object).filter((key) => key !== '_interactions');
  expect(keys(client)).toEqual(keys(plainGemini(use.provider)));
});
