// What instrumentations of different ages write, and what it means.
import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { makeProvider, outline, startPlatform, within } from './support.mjs';

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

describe('the kind of a span', () => {
  const KINDS = [
    [{ 'gen_ai.operation.name': 'chat' }, 'llm_call'],
    [{ 'gen_ai.operation.name': 'generate_content' }, 'llm_call'],
    [{ 'gen_ai.operation.name': 'embeddings' }, 'embedding'],
    [{ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' }, 'tool_call'],
    [{ 'gen_ai.operation.name': 'retrieval' }, 'retrieval'],
    [{ 'gen_ai.operation.name': 'of_tomorrow', 'gen_ai.request.model': 'm' }, 'llm_call'],
    [{ 'gen_ai.operation.name': 'guardrail.run' }, 'guardrail'],
    [{ 'gen_ai.system': 'openai', 'gen_ai.usage.prompt_tokens': 1 }, 'llm_call'],
    [{ 'ai.operationId': 'ai.generateText.doGenerate' }, 'llm_call'],
    [{ 'ai.operationId': 'ai.streamObject.doStream' }, 'llm_call'],
    [{ 'ai.operationId': 'ai.embed.doEmbed' }, 'embedding'],
    [{ 'ai.operationId': 'ai.rerank.doRerank' }, 'retrieval'],
    [{ 'ai.operationId': 'ai.toolCall' }, 'tool_call'],
    [{ 'openinference.span.kind': 'LLM' }, 'llm_call'],
    [{ 'openinference.span.kind': 'RETRIEVER' }, 'retrieval'],
    [{ 'openinference.span.kind': 'GUARDRAIL' }, 'guardrail'],
    [{ 'openinference.span.kind': 'EVALUATOR' }, 'evaluation'],
    [{ 'openinference.span.kind': 'TOOL', 'tool.name': 't' }, 'tool_call'],
    [{ 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 't' }, 'tool_call'],
    [{ 'llm.request.type': 'chat' }, 'llm_call'],
    [{ 'embedding.model_name': 'e' }, 'embedding'],
  ];
  for (const [attributes, action] of KINDS) {
    it(`of ${JSON.stringify(attributes)} is ${action}`, async () => {
      assert.equal((await traceOf(attributes)).steps[1].action, action);
    });
  }

  const AGENTS = [
    [{ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' }],
    [{ 'ai.operationId': 'ai.generateText', 'ai.telemetry.functionId': 'helper' }],
    [{ 'openinference.span.kind': 'CHAIN', 'agent.name': 'helper' }],
    [{ 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'helper' }],
    [{ 'gen_ai.workflow.name': 'helper' }],
  ];
  for (const [attributes] of AGENTS) {
    it(`of ${JSON.stringify(attributes)} is an agent, which is the trace`, async () => {
      const body = await traceOf(attributes);
      assert.deepEqual([body.name, outline(body)], ['helper', ['execution Execute helper']]);
    });
  }

  it('of requests and queries is none', async () => {
    for (const attributes of [
      { 'http.request.method': 'GET' },
      { 'db.system.name': 'postgresql' },
      { 'ai.yours': 1 },
      { 'session.id': 's' },
    ]) {
      assert.equal(await traceOf(attributes), undefined, JSON.stringify(attributes));
    }
  });
});

describe('the provider', () => {
  const PROVIDERS = {
    'azure.ai.openai': 'azure',
    'az.ai.inference': 'azure',
    'aws.bedrock': 'bedrock',
    'gcp.gemini': 'google',
    'gcp.vertex_ai': 'vertex',
    mistral_ai: 'mistral',
    x_ai: 'xai',
    'openai.responses': 'openai',
    'google.generative-ai': 'google',
    'groq.chat': 'groq',
    Anthropic: 'anthropic',
  };
  for (const [spelling, name] of Object.entries(PROVIDERS)) {
    it(`${spelling} is ${name}`, async () => {
      const body = await traceOf({ 'gen_ai.operation.name': 'chat', 'gen_ai.system': spelling });
      assert.equal(body.steps[1].llm_call.provider, name);
    });
  }
});

describe('the tokens', () => {
  const anthropic = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic' };
  const gen = (input, output, more) => ({
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
    ...more,
  });
  const ai = (more) => ({
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.provider': 'anthropic.messages',
    ...more,
  });
  const CASES = [
    [
      'include what is cached, by the conventions',
      { ...anthropic, ...gen(100, 9, { 'gen_ai.usage.cache_read.input_tokens': 60 }) },
      [100, 9, 60],
    ],
    [
      'include reasoning, by the conventions',
      { ...anthropic, ...gen(10, 9, { 'gen_ai.usage.reasoning.output_tokens': 4 }) },
      [10, 9],
    ],
    [
      'are without what is cached if that is more',
      {
        ...anthropic,
        ...gen(10, 9, {
          'gen_ai.usage.cache_read_input_tokens': 60,
          'gen_ai.usage.cache_creation_input_tokens': 5,
        }),
      },
      [75, 9, 60],
    ],
    [
      'are without what is cached in OpenLLMetry’s instrumentation of Anthropic',
      {
        ...anthropic,
        ...gen(100, 9, {
          'gen_ai.usage.total_tokens': 109,
          'gen_ai.usage.cache_read.input_tokens': 60,
        }),
      },
      [160, 9, 60],
      '@traceloop/instrumentation-anthropic',
    ],
    [
      'are without what is cached in AI SDK 5',
      ai({
        'ai.usage.inputTokens': 100,
        'ai.usage.outputTokens': 9,
        'ai.usage.cachedInputTokens': 60,
        'ai.response.providerMetadata': '{"anthropic":{"cacheCreationInputTokens":7}}',
      }),
      [167, 9, 60],
    ],
    [
      'include what is cached in AI SDK 6',
      ai({
        'ai.usage.inputTokens': 100,
        'ai.usage.outputTokens': 9,
        'ai.usage.cachedInputTokens': 60,
        'ai.usage.inputTokenDetails.cacheReadTokens': 60,
      }),
      [100, 9, 60],
    ],
    [
      'are those of AI SDK 4',
      ai({ 'ai.usage.promptTokens': 3, 'ai.usage.completionTokens': 2 }),
      [3, 2],
    ],
    [
      'get what only the total has',
      ai({
        'ai.model.provider': 'google.generative-ai',
        'ai.usage.inputTokens': 10,
        'ai.usage.outputTokens': 5,
        'ai.usage.totalTokens': 25,
        'ai.usage.reasoningTokens': 10,
      }),
      [10, 15],
    ],
    [
      'are those of OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'llm.token_count.prompt': 20,
        'llm.token_count.completion': 4,
        'llm.token_count.prompt_details.cache_read': 15,
      },
      [20, 4, 15],
    ],
    [
      'are those of older OpenLLMetry, also as texts',
      {
        'llm.request.type': 'chat',
        'llm.usage.prompt_tokens': '20',
        'gen_ai.usage.completion_tokens': 4,
      },
      [20, 4],
    ],
    [
      'are those of an embedding',
      { 'ai.operationId': 'ai.embed.doEmbed', 'ai.usage.tokens': 8 },
      [8, undefined],
    ],
  ];
  for (const [name, attributes, [prompt, completion, cached], scope] of CASES) {
    it(name, async () => {
      const body = await traceOf(attributes, { scope });
      const { prompt_tokens, completion_tokens } = body.llm_usage;
      assert.deepEqual([prompt_tokens, completion_tokens], [prompt, completion]);
      assert.equal(body.steps[1].metadata?.cached_tokens, cached);
    });
  }

  it('of parents that repeat them do not count', async () => {
    const tracer = makeProvider(new InfiniumSpanProcessor(client)).getTracer('test');
    const usage = { 'llm.token_count.prompt': 5, 'llm.token_count.completion': 1 };
    await within(tracer, 'chain', { 'openinference.span.kind': 'CHAIN', ...usage }, () =>
      within(tracer, 'agent', { 'openinference.span.kind': 'AGENT', ...usage }, async () => {
        await within(tracer, 'llm', { 'openinference.span.kind': 'LLM', ...usage });
        await within(tracer, 'both', { 'openinference.span.kind': 'LLM', ...usage }, async () => {
          await within(tracer, 'llm', { 'openinference.span.kind': 'LLM', ...usage });
          await within(tracer, 'llm', { 'openinference.span.kind': 'LLM', ...usage });
        });
      }),
    );
    const [body] = await platform.traces();
    assert.deepEqual([body.llm_usage.api_calls_count, body.llm_usage.prompt_tokens], [3, 15]);
    assert.deepEqual(
      body.steps.map(({ action }) => action),
      ['execution', 'agent', 'llm_call', 'agent', 'llm_call', 'llm_call'],
    );
  });

  it('of an agent whose calls are unknown count', async () => {
    const body = await traceOf({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'far away',
      ...gen(7, 3),
    });
    assert.equal(body.name, 'far away');
    assert.deepEqual([body.llm_usage.prompt_tokens, body.llm_usage.completion_tokens], [7, 3]);
  });
});

describe('the facts of a call', () => {
  it('are those of the conventions', async () => {
    const body = await traceOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'asked',
      'gen_ai.response.model': 'served',
      'gen_ai.response.id': 'r1',
      'gen_ai.response.finish_reasons': ['stop', 'length'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.request.temperature': 0.3,
      'gen_ai.usage.cost': 0.002,
    });
    const [, step] = body.steps;
    assert.deepEqual([step.llm_call.model, step.llm_call.temperature], ['served', 0.3]);
    assert.deepEqual(step.metadata, {
      finish_reason: 'stop',
      cost_usd: 0.002,
      time_to_first_token_ms: 250,
      response_id: 'r1',
    });
  });

  const REQUESTS = {
    OpenInference: {
      'openinference.span.kind': 'LLM',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c1',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'add',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{}',
    },
    'older OpenLLMetry': {
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'm',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.tool_calls.0.name': 'add',
      'gen_ai.completion.0.tool_calls.0.id': 'c1',
      'gen_ai.completion.0.tool_calls.0.arguments': '{}',
    },
    'AI SDK': {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.response.text': 'let me see',
      'ai.response.toolCalls': '[{"toolCallId":"c1","toolName":"add","input":{}}]',
    },
  };
  for (const [name, attributes] of Object.entries(REQUESTS)) {
    it(`have the tools that were asked for in ${name}`, async () => {
      assert.deepEqual((await traceOf(attributes)).steps[1].metadata.tool_calls, ['add']);
    });
  }
});
