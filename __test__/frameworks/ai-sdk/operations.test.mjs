// Operations that are no runs of agents, and agents.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { currentTrace } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { fakeModel, VERSIONS } from './models.mjs';
import { outline, usePlatform } from './platform.mjs';
import { adder, busy, drain, sums, telemetryOf } from './program.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const platform = await usePlatform();

for (const { name, sdk, specification } of VERSIONS) {
  const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });
  const traced = telemetryOf(specification, telemetry);
  const one = async () => {
    const traces = await platform.traces();
    assert.equal(traces.length, 1);
    return traces[0];
  };
  const within = async (/** @type {() => unknown} */ run) => {
    await platform.client.trace('outer', {}, run)();
    return one();
  };
  let attempts = 0;
  const embedder = (failures = 0) => ({
    specificationVersion: specification,
    provider: 'fake.embedding',
    modelId: 'embed-1',
    maxEmbeddingsPerCall: 2,
    supportsParallelCalls: true,
    async doEmbed(/** @type {{ values: string[] }} */ { values }) {
      attempts += 1;
      if (attempts <= failures) throw busy(sdk);
      return {
        embeddings: values.map(() => [1, 2]),
        usage: { tokens: 3 * values.length },
        warnings: [],
      };
    },
  });

  describe(name, () => {
    test('embed is a trace with one step, embedMany has one for each request', async () => {
      await sdk.embed({ model: embedder(), value: 'hello', ...traced });
      const [alone] = (await platform.traces()).splice(0);
      assert.equal(alone.name, 'embed');
      assert.equal(alone.input_summary, 'hello');
      assert.deepEqual(outline(alone), ['embedding fake/embed-1']);
      assert.equal(alone.steps[1].llm_call.prompt_tokens, 3);
      assert.equal(alone.steps[1].input_preview, 'hello');

      const values = ['a', 'b', 'c'];
      const trace = await within(() => sdk.embedMany({ model: embedder(), values, ...traced }));
      assert.deepEqual(outline(trace), ['embedding fake/embed-1', 'embedding fake/embed-1']);
      assert.equal(trace.llm_usage.prompt_tokens, 9);
    });

    test('embed shows each attempt', async () => {
      attempts = 0;
      const trace = await within(() =>
        sdk.embed({ model: embedder(1), value: 'x', maxRetries: 1, ...traced }),
      );
      const [, failed, done] = trace.steps;
      assert.ok(failed.error);
      assert.equal(done.error, undefined);
      assert.equal(done.llm_call.prompt_tokens, 3);
    });

    test('embed that fails has the error', async () => {
      attempts = 0;
      const run = sdk.embed({ model: embedder(9), value: 'x', maxRetries: 0, ...traced });
      await assert.rejects(run);
      const trace = await one();
      assert.equal(trace.errors[0].error_type, 'AI_APICallError');
      assert.equal(trace.steps[1].error.message, 'busy now');
    });

    if (sdk.rerank) {
      test('rerank is a retrieval', async () => {
        const model = {
          specificationVersion: specification,
          provider: 'fake.rerank',
          modelId: 'rerank-1',
          doRerank: async () => ({ ranking: [{ index: 1, relevanceScore: 1 }], warnings: [] }),
        };
        const options = { model, query: 'q', documents: ['a', 'b'], ...traced };
        const trace = await within(() => sdk.rerank(options));
        assert.deepEqual(outline(trace), ['retrieval rerank']);
        const { provider, model: id } = trace.steps[1].metadata;
        assert.deepEqual([provider, id], ['fake', 'rerank-1']);
      });
    }

    test('an agent is a run', async () => {
      const Agent = sdk.ToolLoopAgent ?? sdk.Experimental_Agent;
      const agent = (/** @type {any} */ answers) =>
        new Agent({
          model: fakeModel(specification, answers),
          tools: adder(sdk),
          stopWhen: sdk.stepCountIs(3),
          ...telemetryOf(specification, telemetry, { functionId: 'sums' }),
        });
      await agent(sums).generate({ prompt: 'add' });
      const stream = await agent(sums).stream({ prompt: 'add' });
      await drain(stream.textStream);
      for (const trace of await platform.traces()) {
        assert.equal(trace.name, 'sums');
        assert.deepEqual(outline(trace), [
          'llm_call fake/fake-1-served',
          'tool_call add',
          'tool_call add',
          'llm_call fake/fake-1-served',
        ]);
      }
    });

    test('functions of the user are within the run', async () => {
      const run = (/** @type {any} */ call) => async () => {
        const options = {
          model: fakeModel(specification, sums),
          prompt: 'add',
          tools: adder(sdk),
          stopWhen: sdk.stepCountIs(3),
          async prepareStep(/** @type {{ stepNumber: number }} */ { stepNumber }) {
            currentTrace()?.step('own', `prepare ${stepNumber}`).end();
            if (stepNumber === 1) {
              const model = fakeModel(specification, [{ text: 'short' }]);
              await sdk.generateText({ model, prompt: 'shorten', ...traced });
            }
            return {};
          },
          ...telemetryOf(specification, telemetry, { functionId: 'helper' }),
        };
        await call(options);
      };
      const calls = [
        (/** @type {any} */ options) => sdk.generateText(options),
        (/** @type {any} */ options) => drain(sdk.streamText(options).textStream),
      ];
      for (const call of calls) {
        await platform.client.trace('outer', {}, run(call))();
        const [trace] = (await platform.traces()).splice(0);
        assert.deepEqual(outline(trace), [
          'agent helper',
          'own prepare 0 < 2',
          'llm_call fake/fake-1-served < 2',
          'tool_call add < 2',
          'tool_call add < 2',
          'own prepare 1 < 2',
          'agent generateText < 2',
          'llm_call fake/fake-1-served < 8',
          'llm_call fake/fake-1-served < 2',
        ]);
      }
    });

    test('metadata that the program gives is that of the run', async () => {
      const more =
        specification === 'v4'
          ? { includeRuntimeContext: { tenant: true } }
          : { metadata: { tenant: 'a' } };
      await sdk.generateText({
        model: fakeModel(specification, [{ text: 'hi' }]),
        prompt: 'x',
        runtimeContext: { tenant: 'a', secret: 'b' },
        ...telemetryOf(specification, telemetry, more),
      });
      const trace = await one();
      assert.deepEqual(trace.steps[0].metadata, { operation: 'ai.generateText', tenant: 'a' });
    });
  });
}

const { sdk: latest } = VERSIONS[0];
const { generateSpeech, transcribe } = latest;

test('ai 7 speech and transcriptions are calls', async () => {
  const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });
  const traced = telemetryOf('v4', telemetry);
  const about = { specificationVersion: 'v4', provider: 'fake.audio', modelId: 'voice-1' };
  const response = { timestamp: new Date(0), modelId: 'voice-1' };
  await platform.client.trace('outer', {}, async () => {
    await generateSpeech({
      model: { ...about, doGenerate: async () => ({ audio: 'AAAA', warnings: [], response }) },
      text: 'Hello',
      ...traced,
    });
    const heard = { text: 'Hello', segments: [], warnings: [], response };
    await transcribe({
      model: { ...about, doGenerate: async () => heard },
      audio: new Uint8Array([1, 2, 3]),
      ...traced,
    });
  })();
  const [trace] = await platform.traces();
  assert.deepEqual(outline(trace), ['llm_call fake/voice-1', 'llm_call fake/voice-1']);
  assert.deepEqual(
    trace.steps.slice(1).map((/** @type {any} */ step) => step.llm_call.purpose),
    ['speech', 'transcription'],
  );
});
