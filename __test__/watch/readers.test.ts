// The cost of a stream: a chunk is only looked at, and its facts are worked out when the call has ended.
import type { AnswerReader } from '../../lib/watch/reader';

const { reportTo } = require('../../lib/watch/reader');
const { ChatReader } = require('../../lib/watch/openai-chat');
const { ResponseReader } = require('../../lib/watch/openai-response');
const { MediaReader } = require('../../lib/watch/openai-media');
const { MessageReader } = require('../../lib/watch/anthropic-message');
const { ContentReader } = require('../../lib/watch/gemini-content');
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
