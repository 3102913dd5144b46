// A thousand answers that no provider would send: a watched client does with them what a plain one does.
import { watch } from 'infinium-o2';
import { anthropicBody, ask, infinium, model, useProvider } from '../support/watching';

const ROUNDS = 170;

const use = useProvider();

/** Chance that repeats itself: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const strange: unknown[] = [
  null,
  0,
  -1,
  '',
  'text',
  true,
  [],
  {},
  [null],
  { type: 'text' },
  1e300,
  { toString: 1 },
];

/** The text with something in it changed. */
function mutate(text: string, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const kind = random();
  // A value in the JSON becomes another one.
  if (kind < 0.7) {
    const values = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|null|true|false)/g)];
    if (values.length > 0) {
      const value = pick(values);
      const start = (value.index ?? 0) + 1;
      return (
        text.slice(0, start) + JSON.stringify(pick(strange)) + text.slice(start + value[1].length)
      );
    }
  }
  const at = Math.floor(random() * text.length);
  if (kind < 0.85) return text.slice(0, at);
  return text.slice(0, at) + pick(['"', '{', '\n\n', '}', 'data: ', '\u0000']) + text.slice(at + 1);
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

type Kind = [string, () => any, (client: any) => Promise<unknown>];
const openai = () =>
  new (require('openai').OpenAI)({
    apiKey: 'none',
    baseURL: `${use.provider.url}/v1`,
    maxRetries: 0,
    logLevel: 'off',
  });
const anthropic = () =>
  new (require('@anthropic-ai/sdk').Anthropic)({
    apiKey: 'none',
    baseURL: use.provider.url,
    maxRetries: 0,
    logLevel: 'off',
  });
const genai = () =>
  new (require('@google/genai').GoogleGenAI)({
    apiKey: 'none',
    httpOptions: { baseUrl: use.provider.url },
  });

const kinds: Kind[] = [
  ['completions', openai, (client) => client.chat.completions.create({ model, messages: ask })],
  [
    'streams of completions',
    openai,
    async (client) =>
      collect(await client.chat.completions.create({ model, messages: ask, stream: true })),
  ],
  ['responses', openai, (client) => client.responses.create({ model, input: 'Say hello' })],
  ['messages', anthropic, (client) => client.messages.create(anthropicBody)],
  [
    'streams of messages',
    anthropic,
    async (client) => collect(await client.messages.create({ ...anthropicBody, stream: true })),
  ],
  ['content', genai, (client) => client.models.generateContent({ model, contents: 'Say hello' })],
];

/** All that a caller can see of a call. */
async function outcome(run: () => Promise<unknown>): Promise<string> {
  try {
    return `value ${JSON.stringify(await run())}`;
  } catch (error: any) {
    return `error ${error?.constructor?.name} ${error?.message} ${error?.status}`;
  }
}

it.each(kinds)(`is the same to callers for ${ROUNDS} broken %s`, async (name, make, run) => {
  const plain = make();
  const watched = watch(make(), { captureContent: true });
  let traces = 0;
  const count = () => {
    traces += 1;
  };
  const call = infinium.trace('Fuzz', { autoSend: false, onTrace: count }, () =>
    outcome(() => run(watched)),
  );
  // What a right answer looks like, to be changed.
  let type = '';
  let text = '';
  use.provider.script.push((response, request) => {
    const write = response.end.bind(response);
    const chunks: string[] = [];
    response.write = ((chunk: string) => Boolean(chunks.push(chunk))) as any;
    response.end = ((chunk?: string) => {
      text = chunks.join('') + (chunk ?? '');
      type = String(response.getHeader('content-type'));
      return write(text);
    }) as any;
    use.provider.usual(request, response);
  });
  await outcome(() => run(plain));
  expect(text).not.toBe('');

  const random = seeded(name.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const changed = mutate(text, random);
    const answer = (response: any) => {
      response.setHeader('content-type', type);
      response.end(changed);
    };
    use.provider.requests.length = 0;
    use.provider.script.push(answer, answer);
    const expected = await outcome(() => run(plain));
    const actual = await call();
    expect([changed, actual]).toEqual([changed, expected]);
    expect(use.provider.requests).toHaveLength(2);
  }
  expect(traces).toBe(ROUNDS);
});
