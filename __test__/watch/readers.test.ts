// The cost of a stream: a chunk is only looked at, and its facts are worked out when the call has ended.
import type { AnswerReader } from '../../lib/watch/reader';

const { reportTo } = require('../../lib/watch/reader');
const { ChatReader } = require('../../lib/watch/openai-chat');
const { ResponseReader } = require('../../lib/watch/openai-response');
const { MediaReader } = require('../../lib/watch/openai-media');
const { MessageReader } = require('../../lib/watch/anthropic-message');
const { ContentReader } = require('../../lib/watch/gemini-content');
const { followBody } = require('../../lib/watch/anthropic-body');
const { TraceScope } = require('../../lib/trace/context');

const text = 'Hello';
it.each<[string, any, any]>([
  ['completions', ChatReader, { choices: [{ index: 0, delta: { content: text } }] }],
  ['responses', ResponseReader, { type: 'response.output_text.delta', delta: text }],
  ['transcriptions', MediaReader, { type: 'transcript.text.delta', delta: text }],
  ['messages', MessageReader, { type: 'content_block_delta', delta: { text } }],
  ['content', ContentReader, { candidates: [{ content: { parts: [{ text }] } }] }],
])('writes the facts of a stream of %s once', (_name, Reader, chunk) => {
  const call = new TraceScope().startCall({});
  const update = jest.spyOn(call, 'update');
  const reader: AnswerReader = new Reader(call, { captureContent: true });
  reportTo(call, reader);
  for (let count = 0; count < 500; count += 1) reader.chunk(chunk);
  expect(update).not.toHaveBeenCalled();
  call.end();
  expect(update).toHaveBeenCalledTimes(1);
  expect(call.facts.outputPreview).toContain('HelloHello');
});

it('takes the last event of a response for its error, where it is one', () => {
  const reader = new ResponseReader(new TraceScope().startCall({}), { captureContent: false });
  reader.chunk({ type: 'response.created', response: { status: 'in_progress', error: null } });
  reader.chunk({ type: 'error', code: 'server_error', message: 'it broke' });
  expect(reader.failure()).toMatchObject({ errorCode: 'server_error', message: 'it broke' });
});

it('finds the events of a body, however its bytes are cut', async () => {
  const sent = [{ text: 'Grüße' }, { text: '🙂' }];
  const lines = sent.map((event) => `event: any\ndata: ${JSON.stringify(event)}\r\n\r\n`);
  const bytes = new TextEncoder().encode(`: comment\n\n${lines.join('')}data: broken\n\n`);
  async function* body() {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  const props = { options: { stream: true }, response: { body: body() } };
  const promise: any = { _responseProps: async () => props };
  const seen: unknown[] = [];
  const call = new TraceScope().startCall({});
  followBody(promise, call, (event: unknown) => seen.push(event));
  let read = 0;
  for await (const _bytes of (await promise._responseProps()).response.body) read += 1;
  expect([seen, read]).toEqual([sent, bytes.length]);
  expect(call.latencyNs).toEqual(expect.any(BigInt));
});
