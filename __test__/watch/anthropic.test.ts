// The helpers of Anthropic's client: tool runners, threads and the older completions.
import { type ExecutionStep, watch } from 'infinium-o2';
import {
  answerWith,
  anthropicBody,
  ask,
  drain,
  model,
  plainAnthropic,
  refuse,
  streamWith,
  traced,
  useProvider,
} from '../support/watching';

const use = useProvider();
const captured = { captureContent: true };
const claude = () => watch(plainAnthropic(use.provider), captured);

function olderClaude(): any {
  const { Anthropic } = require('anthropic-0');
  return watch(
    new Anthropic({ apiKey: 'none', baseURL: use.provider.url, maxRetries: 0 }),
    captured,
  );
}

async function stepsOf(run: () => unknown): Promise<any[]> {
  const { steps } = await traced(run);
  const [, ...calls] = steps as ExecutionStep[];
  return calls;
}

const tools = [
  {
    name: 'get_weather',
    description: 'Tells the weather',
    input_schema: { type: 'object' as const },
    parse: (input: unknown) => input,
    run: async () => 'sunny',
  },
];
const usage = { input_tokens: 4, output_tokens: 8, cache_read_input_tokens: 30 };
const asking = { type: 'tool_use', id: 't1', name: 'get_weather', input: {} };
const saying = { type: 'text', text: 'Sunny' };
const message = (block: object, reason: string) => ({
  id: `msg-${reason}`,
  type: 'message',
  role: 'assistant',
  model: 'served',
  content: [block],
  stop_reason: reason,
  usage,
});

/** Lets the provider stream a message with one block. */
function streamMessage(block: any, reason: string): void {
  const { content: _content, stop_reason: _reason, ...start } = message(block, reason);
  const delta = block.text
    ? { type: 'text_delta', text: block.text }
    : { type: 'input_json_delta', partial_json: '{}' };
  streamWith(use.provider, [
    {
      type: 'message_start',
      message: { ...start, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { ...block, ...(block.text && { text: '' }) },
    },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 8 } },
    { type: 'message_stop' },
  ]);
}

const expected = [
  {
    llmCall: { model: 'served', promptTokens: 34, completionTokens: 8 },
    metadata: {
      tool_calls: ['get_weather'],
      tool_names: ['get_weather'],
      finish_reason: 'tool_use',
      response_id: 'msg-tool_use',
      cached_tokens: 30,
    },
  },
  {
    outputPreview: 'Sunny',
    llmCall: { model: 'served', promptTokens: 34, completionTokens: 8 },
    metadata: { finish_reason: 'end_turn', response_id: 'msg-end_turn', cached_tokens: 30 },
  },
];

describe.each<[string, () => any]>([
  ['the client', claude],
  ['the older client', olderClaude],
])('a tool runner of %s', (_name, make) => {
  it('is recorded call by call', async () => {
    answerWith(use.provider, message(asking, 'tool_use'));
    answerWith(use.provider, message(saying, 'end_turn'));
    const steps = await stepsOf(() =>
      make()
        .beta.messages.toolRunner({ ...anthropicBody, tools })
        .runUntilDone(),
    );
    expect(steps).toMatchObject(expected);
  });

  it('is recorded call by call when it streams', async () => {
    streamMessage(asking, 'tool_use');
    streamMessage(saying, 'end_turn');
    const texts: string[] = [];
    const steps = await stepsOf(async () => {
      const runner = make().beta.messages.toolRunner({ ...anthropicBody, tools, stream: true });
      for await (const stream of runner) {
        stream.on('text', (text: string) => texts.push(text));
        await stream.finalMessage();
      }
    });
    expect(steps).toMatchObject(expected);
    for (const step of steps) {
      expect(step.metadata.time_to_first_token_ms).toEqual(expect.any(Number));
      expect(step.llmCall.latencyMs).toEqual(expect.any(Number));
    }
    expect(texts).toEqual(['Sunny']);
  });
});

describe('a thread', () => {
  const thread = (client: any) => client.beta.messages.thread({ model, max_tokens: 10 });

  it('is recorded turn by turn', async () => {
    answerWith(use.provider, message(saying, 'end_turn'));
    streamMessage(saying, 'end_turn');
    const steps = await stepsOf(async () => {
      const talk = thread(claude());
      await talk.send(ask[0]);
      await talk.stream(ask[0]).finalMessage();
    });
    expect(steps).toMatchObject([expected[1], expected[1]]);
  });

  it('gives a stream the same events when it is watched', async () => {
    const events = async (client: any) => {
      streamMessage(saying, 'end_turn');
      const seen: unknown[] = [];
      await traced(async () => {
        const stream = thread(client).stream(ask[0]);
        for await (const event of stream) seen.push(event);
        seen.push(await stream.finalMessage());
      });
      return seen;
    };
    expect(await events(claude())).toEqual(await events(plainAnthropic(use.provider)));
  });

  it('is recorded as far as it was read', async () => {
    streamMessage(saying, 'end_turn');
    const steps = await stepsOf(async () => {
      for await (const event of thread(claude()).stream(ask[0])) {
        if ((event as any).type === 'content_block_delta') break;
      }
    });
    expect(steps).toMatchObject([{ llmCall: { model: 'served', promptTokens: 34 } }]);
  });

  it('has the error of a turn that is refused', async () => {
    refuse(use.provider, 400);
    const steps = await stepsOf(() =>
      thread(claude())
        .stream(ask[0])
        .finalMessage()
        .catch(() => 'caught'),
    );
    expect(steps).toMatchObject([{ error: { errorType: 'BadRequestError' } }]);
  });
});

it('records the older completions', async () => {
  const request = { model, max_tokens_to_sample: 10, prompt: 'Say hello' };
  answerWith(use.provider, {
    type: 'completion',
    id: 'c',
    completion: 'Hello',
    model: 'served',
    stop_reason: 'stop_sequence',
  });
  streamWith(use.provider, [
    { type: 'completion', completion: 'Hel', model: 'served', stop_reason: null },
    { type: 'completion', completion: 'lo', model: 'served', stop_reason: 'stop_sequence' },
  ]);
  const steps = await stepsOf(async () => {
    const client = olderClaude();
    await client.completions.create(request);
    await drain(await client.completions.create({ ...request, stream: true }));
  });
  const step = {
    inputPreview: 'Say hello',
    outputPreview: 'Hello',
    llmCall: { model: 'served' },
    metadata: { finish_reason: 'stop_sequence' },
  };
  expect(steps).toMatchObject([step, step]);
});

it('does not take counting tokens for a call of a model', async () => {
  answerWith(use.provider, { input_tokens: 4 });
  expect(await stepsOf(() => claude().messages.countTokens({ model, messages: ask }))).toEqual([]);
});
