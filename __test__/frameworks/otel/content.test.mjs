// Where instrumentations write content, and that it is not recorded unless it is asked for.
import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { makeProvider, startPlatform, within } from './support.mjs';

const platform = await startPlatform();
const { client } = platform;
after(() => platform.close());
beforeEach(async () => {
  await platform.traces();
  platform.bodies.length = 0;
});

/** The trace of one span. */
async function traceOf(attributes, { options, scope = 'test', events = [] } = {}) {
  const tracer = makeProvider(new InfiniumSpanProcessor(client, options)).getTracer(scope);
  await within(tracer, 'a span', attributes, (span) => {
    for (const [name, values] of events) span.addEvent(name, values);
  });
  const [body] = (await platform.traces()).splice(0);
  return body;
}

describe('content', () => {
  const CONTENT = {
    'the conventions': [
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: 'a question' }] },
        ]),
        'gen_ai.output.messages': JSON.stringify([
          {
            role: 'assistant',
            parts: [{ type: 'text', content: 'an answer' }],
            finish_reason: 'stop',
          },
        ]),
      },
    ],
    events: [
      { 'gen_ai.operation.name': 'chat' },
      [
        ['gen_ai.user.message', { content: 'a question' }],
        ['gen_ai.choice', { index: 0, message: '{"role":"assistant","content":"an answer"}' }],
      ],
    ],
    'one event': [
      { 'gen_ai.operation.name': 'chat' },
      [
        [
          'gen_ai.client.inference.operation.details',
          {
            'gen_ai.input.messages':
              '[{"role":"user","parts":[{"type":"text","content":"a question"}]}]',
            'gen_ai.output.messages':
              '[{"role":"assistant","parts":[{"type":"text","content":"an answer"}]}]',
          },
        ],
      ],
    ],
    'older OpenLLMetry': [
      {
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'm',
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': 'a question',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': 'an answer',
      },
    ],
    OpenInference: [
      {
        'openinference.span.kind': 'LLM',
        'input.value': '{"messages":[]}',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.contents.0.message_content.type': 'text',
        'llm.input_messages.0.message.contents.0.message_content.text': 'a question',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.content': 'an answer',
      },
    ],
    'AI SDK': [
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.prompt.messages': '[{"role":"user","content":[{"type":"text","text":"a question"}]}]',
        'ai.response.text': 'an answer',
      },
    ],
  };
  for (const [name, [attributes, events]] of Object.entries(CONTENT)) {
    it(`of ${name} is shown only if it is asked for`, async () => {
      const [, shown] = (await traceOf(attributes, { options: { captureContent: true }, events }))
        .steps;
      assert.equal(shown.input_preview, 'user: a question');
      assert.match(shown.output_preview, /^(assistant: )?an answer$/);
      const hidden = JSON.stringify(await traceOf(attributes, { events }));
      assert.doesNotMatch(hidden, /a question|an answer/);
    });
  }

  it('is not in the error of a call that repeats its request', async () => {
    const tracer = makeProvider(new InfiniumSpanProcessor(client)).getTracer('test');
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.input.messages':
        '[{"role":"user","parts":[{"type":"text","content":"a very secret question"}]}]',
    };
    const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };
    const failing = within(tracer, 'root', agent, () =>
      within(tracer, 'inner', agent, () =>
        within(tracer, 'chat', attributes, () => {
          throw new RangeError('cannot read: a very secret question');
        }),
      ),
    );
    await assert.rejects(failing);
    const [body] = await platform.traces();
    const errors = [body.errors[0], body.steps[1].error, body.steps[2].error];
    assert.deepEqual(
      errors.map(({ error_type: type }) => type),
      ['RangeError', 'RangeError', 'RangeError'],
    );
    assert.doesNotMatch(JSON.stringify(body), /secret question/);
  });

  it('of the root is that of the trace', async () => {
    const body = await traceOf(
      {
        'openinference.span.kind': 'AGENT',
        'input.value': 'a question',
        'output.value': 'an answer',
      },
      { options: { captureContent: true } },
    );
    assert.deepEqual([body.input_summary, body.output_summary], ['a question', 'an answer']);
  });
});
