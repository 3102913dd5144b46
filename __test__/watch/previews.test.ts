// Previews of requests and answers are text that a person can read, whatever the content is.
import { type ExecutionStep, watch } from 'infinium-o2';
import {
  answerWith,
  ask,
  drain,
  infinium,
  model,
  plainAnthropic,
  plainGemini,
  streamWith,
  traced,
  useProvider,
  watchedOpenAI,
} from '../support/watching';

const use = useProvider();
const captured = { captureContent: true };
const openai = () => watchedOpenAI(use.provider, captured);
const claude = () => watch(plainAnthropic(use.provider), captured);
const gemini = () => watch(plainGemini(use.provider), captured).models;

async function stepOf(run: () => unknown): Promise<ExecutionStep> {
  const { steps } = await traced(run);
  const [, step] = steps as ExecutionStep[];
  return step;
}

/** An image of 231 KB, and an audio of 12 KB. */
const image = Buffer.alloc(231 * 1024, 'image').toString('base64');
const audio = Buffer.alloc(12 * 1024, 'audio').toString('base64');
const imageUrl = `data:image/png;base64,${image}`;
const question = 'What is in this picture?';

describe('the preview of a request', () => {
  const chat = (messages: any[]) => () => openai().chat.completions.create({ model, messages });
  const respond = (body: object) => () => openai().responses.create({ model, ...body });
  const message = (body: object) => () =>
    claude().messages.create({ model, max_tokens: 10, ...(body as any) });
  const generate = (body: object) => () => gemini().generateContent({ model, ...(body as any) });
  const user = (content: unknown) => [{ role: 'user', content }];

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a completion with an image',
      chat(
        user([
          { type: 'image_url', image_url: { url: imageUrl } },
          { type: 'text', text: question },
        ]),
      ),
      `user: [image/png, 231 KB] ${question}`,
    ],
    [
      'a completion with an audio and a file',
      chat(
        user([
          { type: 'input_audio', input_audio: { data: audio, format: 'wav' } },
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${audio}` },
          },
          { type: 'text', text: question },
        ]),
      ),
      `user: [audio/wav, 12 KB] [application/pdf, 12 KB] ${question}`,
    ],
    [
      'a completion with the address of an image',
      chat(
        user([
          { type: 'image_url', image_url: { url: 'https://me:pw@a.example/b.png?sig=secret' } },
        ]),
      ),
      'user: [image https://a.example/b.png]',
    ],
    [
      'a completion with an image within a text',
      chat(user(`Look: ![](${imageUrl}) and tell`)),
      'user: Look: ![]([image/png, 231 KB]) and tell',
    ],
    [
      'a completion with calls of tools',
      chat([
        ...ask,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c', type: 'function', function: { name: 'look_up', arguments: '{"q":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c', content: 'sunny' },
      ]),
      'assistant: look_up({"q":1}) | tool: sunny',
    ],
    [
      'a completion with a refusal',
      chat([{ role: 'assistant', content: '', refusal: 'I will not' }, ...ask]),
      'assistant: I will not | user: Say hello',
    ],
    [
      'a completion with long instructions, which come last',
      chat([{ role: 'system', content: 'Be brief' }, ...ask]),
      'user: Say hello | system: Be brief',
    ],
    [
      'a response with an image',
      respond({
        input: user([
          { type: 'input_image', image_url: imageUrl, detail: 'auto' },
          { type: 'input_text', text: question },
        ]),
        instructions: 'Be brief',
      }),
      `user: [image/png, 231 KB] ${question} | system: Be brief`,
    ],
    [
      'a response to a tool',
      respond({
        input: [
          { type: 'reasoning', id: 'r', summary: [], encrypted_content: image },
          { type: 'function_call', call_id: 'c', name: 'look_up', arguments: '{"q":1}' },
          { type: 'function_call_output', call_id: 'c', output: 'sunny' },
        ],
      }),
      'look_up({"q":1}) | sunny',
    ],
    [
      'a message with an image',
      message({
        messages: user([
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A plan.' } },
          { type: 'text', text: question },
        ]),
        system: [{ type: 'text', text: 'Be brief' }],
      }),
      `user: [image/png, 231 KB] A plan. ${question} | system: Be brief`,
    ],
    [
      'messages with media and a tool of the AI SDK',
      message({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', image: new Uint8Array(2048) },
              { type: 'image', image: new URL('https://x.test/a.png?sig=1') },
              { type: 'file', mediaType: 'audio/wav', data: image },
              {
                type: 'file',
                mediaType: 'text/csv',
                data: { type: 'url', url: 'https://x.test/b' },
              },
            ],
          },
          {
            role: 'assistant',
            content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'look_up', input: { q: 1 } }],
          },
        ],
      }),
      'user: [image, 2 KB] [image https://x.test/a.png] [audio/wav, 231 KB] [text/csv https://x.test/b] | ' +
        'assistant: look_up({"q":1})',
    ],
    [
      'a message with the result of a tool',
      message({
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm', signature: image },
              { type: 'tool_use', id: 't', name: 'look_up', input: { q: 1 } },
            ],
          },
          ...user([
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'sunny' }] },
          ]),
        ],
      }),
      'assistant: look_up({"q":1}) | user: sunny',
    ],
    [
      'content with an image',
      generate({
        contents: [
          {
            role: 'user',
            parts: [{ inlineData: { mimeType: 'image/png', data: image } }, { text: question }],
          },
        ],
        config: { systemInstruction: 'Be brief' },
      }),
      `user: [image/png, 231 KB] ${question} | system: Be brief`,
    ],
    [
      'content of parts, which are one message',
      generate({
        contents: [
          'Look at this:',
          { inlineData: { mimeType: 'image/png', data: image } },
          question,
        ],
      }),
      `Look at this: [image/png, 231 KB] ${question}`,
    ],
    [
      'content with functions',
      generate({
        contents: [
          { role: 'model', parts: [{ functionCall: { name: 'look_up', args: { q: 1 } } }] },
          {
            role: 'user',
            parts: [{ functionResponse: { name: 'look_up', response: { output: 'sunny' } } }],
          },
        ],
      }),
      'model: look_up({"q":1}) | user: sunny',
    ],
    [
      'a prompt of tokens',
      () => openai().completions.create({ model, prompt: [15496, 995] }),
      '[15496,995]',
    ],
    [
      'an unknown part with binary data',
      chat(user([{ type: 'new', payload: image, note: 'x' }])),
      'user: {"type":"new","payload":"[base64, 231 KB]","note":"x"}',
    ],
  ])('%s', async (_name, run, expected) => {
    expect((await stepOf(run)).inputPreview).toBe(expected);
  });

  it('is cut after binary data is described', async () => {
    const parts = Array.from({ length: 40 }, () => ({
      type: 'image_url',
      image_url: { url: imageUrl },
    }));
    const { inputPreview } = await stepOf(chat(user(parts)));
    expect(inputPreview).toHaveLength(500);
  });

  it('is passed to redact with its whole words', async () => {
    const seen: string[] = [];
    const redact = (text: string, where: string) => {
      if (where === 'llmInput') seen.push(text);
      return text;
    };
    await infinium.trace('Test', { autoSend: false, redact }, chat(user('x'.repeat(2_000))))();
    expect(seen.map((text) => text.length)).toEqual([1_000]);
  });

  it('survives content that refers to itself', async () => {
    const loop: any[] = [];
    loop.push(loop, 'end');
    const client: any = watch({ chat: { completions: { create: async () => ({}) } } }, captured);
    const step = await stepOf(() =>
      client.chat.completions.create({ model, messages: user(loop) }),
    );
    expect(step.llmCall?.model).toBe(model);
    expect(step.inputPreview).toContain('end');
  });
});

describe('the preview of an answer', () => {
  const choice = (message: object) => ({ choices: [{ index: 0, message }] });
  const chat = () => openai().chat.completions.create({ model, messages: ask });

  it.each<[string, unknown, () => Promise<unknown>, string]>([
    ['a refusal', choice({ content: null, refusal: 'I will not' }), chat, 'I will not'],
    [
      'the transcript of an audio',
      choice({ content: null, audio: { id: 'a', data: audio, transcript: 'Good day' } }),
      chat,
      'Good day',
    ],
    [
      'content in parts, without the thoughts',
      choice({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'text', text: 'Hello' },
        ],
      }),
      chat,
      'Hello',
    ],
    [
      'an image',
      choice({ content: 'Here: ', images: [{ type: 'image_url', image_url: { url: imageUrl } }] }),
      chat,
      'Here: [image/png, 231 KB]',
    ],
    [
      'a refusal in a response',
      { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not' }] }] },
      () => openai().responses.create({ model, input: 'x' }),
      'I will not',
    ],
    [
      'an image in content',
      {
        candidates: [
          {
            content: {
              parts: [{ text: 'Here: ' }, { inlineData: { mimeType: 'image/png', data: image } }],
            },
          },
        ],
      },
      () => gemini().generateContent({ model, contents: 'x' }),
      'Here: [image/png, 231 KB]',
    ],
  ])('shows %s', async (_name, answer, run, expected) => {
    answerWith(use.provider, answer);
    expect((await stepOf(run)).outputPreview).toBe(expected);
  });

  const delta = (piece: object) => ({ choices: [{ index: 0, delta: piece }] });
  it.each<[string, object[], () => Promise<any>, string]>([
    [
      'a refusal',
      [delta({ refusal: 'I will ' }), delta({ refusal: 'not' })],
      () => openai().chat.completions.create({ model, messages: ask, stream: true }),
      'I will not',
    ],
    [
      'a transcript',
      [delta({ audio: { transcript: 'Good ' } }), delta({ audio: { transcript: 'day' } })],
      () => openai().chat.completions.create({ model, messages: ask, stream: true }),
      'Good day',
    ],
    [
      'a refusal in a response',
      [
        { type: 'response.refusal.delta', delta: 'I will ' },
        { type: 'response.refusal.delta', delta: 'not' },
      ],
      () => openai().responses.create({ model, input: 'x', stream: true }),
      'I will not',
    ],
  ])('shows %s of a stream', async (_name, chunks, create, expected) => {
    streamWith(use.provider, chunks);
    expect((await stepOf(async () => drain(await create()))).outputPreview).toBe(expected);
  });
});
