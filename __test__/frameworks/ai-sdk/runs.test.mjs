// What is recorded of one run.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { currentTrace, traceTool } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { fakeModel, VERSIONS } from './models.mjs';
import { outline, usePlatform } from './platform.mjs';
import { adder, busy, drain, object, sums, telemetryOf } from './program.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const platform = await usePlatform();

for (const { name, sdk, specification } of VERSIONS) {
  const { generateText, streamText, generateObject, streamObject, stepCountIs } = sdk;
  const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });
  const traced = (/** @type {object} */ more = {}) =>
    telemetryOf(specification, telemetry, { functionId: 'helper', ...more });
  const model = (/** @type {any} */ answers) => fakeModel(specification, answers);
  const stopWhen = stepCountIs(3);
  const one = async () => {
    const traces = await platform.traces();
    assert.equal(traces.length, 1);
    return traces[0];
  };
  const cached = specification === 'v2' ? {} : { cache_creation_tokens: 1 };
  const reasons = specification === 'v2' ? ['tool-calls', 'stop'] : ['tool_use', 'end_turn'];

  describe(name, () => {
    for (const how of ['generateText', 'streamText']) {
      const run = async (/** @type {any} */ options) =>
        how === 'generateText' ? generateText(options) : drain(streamText(options).fullStream);

      test(`${how} is a trace with its calls and tools`, async () => {
        const tools = adder(sdk);
        await run({
          model: model(sums),
          prompt: 'add',
          tools,
          stopWhen,
          temperature: 0.5,
          ...traced(),
        });
        const trace = await one();
        assert.equal(trace.name, 'helper');
        assert.equal(trace.input_summary, 'add');
        assert.equal(trace.output_summary, 'the answer is 2');
        assert.deepEqual(trace.errors ?? [], []);
        assert.deepEqual(trace.steps[0].metadata, { operation: `ai.${how}` });
        assert.deepEqual(outline(trace), [
          'llm_call fake/fake-1-served',
          'tool_call add',
          'tool_call add',
          'llm_call fake/fake-1-served',
        ]);
        const [, first, tool, failed, last] = trace.steps;
        const { latency_ms: latency, ...call } = first.llm_call;
        assert.ok(latency >= 0);
        assert.deepEqual(call, {
          provider: 'fake',
          model: 'fake-1-served',
          prompt_tokens: 20,
          completion_tokens: 7,
          temperature: 0.5,
        });
        const { time_to_first_token_ms: wait, ...metadata } = first.metadata;
        assert.equal(wait === undefined, how === 'generateText');
        assert.deepEqual(metadata, {
          finish_reason: reasons[0],
          response_id: 'r1',
          tool_calls: ['add', 'add'],
          tool_names: ['add'],
          cached_tokens: 3,
          reasoning_tokens: 2,
          ...cached,
        });
        assert.equal(first.input_preview, 'user: add');
        assert.equal(last.output_preview, 'the answer is 2');
        assert.equal(last.metadata.finish_reason, reasons[1]);
        assert.deepEqual([last.llm_call.prompt_tokens, last.llm_call.completion_tokens], [30, 8]);
        assert.deepEqual(tool.metadata, { tool_call_id: 'c1', requested_by_step: 2 });
        assert.equal(tool.tool_call.input_summary, '{"a":1}');
        assert.equal(tool.tool_call.output_summary, '2');
        assert.deepEqual(failed.metadata, { tool_call_id: 'c2', requested_by_step: 2 });
        assert.equal(failed.tool_call.error.error_type, 'RangeError');
      });

      test(`${how} is a step of the trace that runs, and its tools contain what they do`, async () => {
        const tools = adder(sdk, (a) => {
          traceTool(`inner ${a}`, () => currentTrace()?.step('own', 'own').end())();
        });
        const options = { model: model(sums), prompt: 'add', tools, stopWhen, ...traced() };
        await platform.client.trace('outer', {}, () => run(options))();
        const trace = await one();
        assert.deepEqual(outline(trace).sort(), [
          'agent helper',
          'llm_call fake/fake-1-served < 2',
          'llm_call fake/fake-1-served < 2',
          ...(specification === 'v2'
            ? ['own own < 5', 'own own < 8', 'tool_call add < 2', 'tool_call add < 2']
            : ['own own < 6', 'own own < 8', 'tool_call add < 2', 'tool_call add < 2']),
          ...(specification === 'v2'
            ? ['tool_call inner 1 < 4', 'tool_call inner 9 < 7']
            : ['tool_call inner 1 < 4', 'tool_call inner 9 < 5']),
        ]);
        assert.equal(trace.steps[1].input_preview, 'add');
        assert.equal(trace.steps[1].output_preview, 'the answer is 2');
      });

      test(`${how} has no content unless it is asked for`, async () => {
        const quiet = infiniumTelemetry({ client: platform.client });
        const answers = [
          { text: 'secret', tools: [{ id: 'c1', name: 'add', input: { a: 4711 } }] },
          { error: new Error('cannot read: secret 4711') },
        ];
        const options = {
          model: model(answers),
          prompt: 'secret',
          tools: adder(sdk),
          stopWhen,
          maxRetries: 0,
          onError() {},
          ...telemetryOf(specification, quiet),
        };
        await Promise.resolve(run(options)).catch(() => {});
        const trace = await one();
        assert.doesNotMatch(JSON.stringify(trace), /secret|4711/);
        assert.equal(trace.name, how);
        assert.equal(trace.errors.length, 1);
        assert.equal(trace.steps.length, 4);
      });

      test(`${how} says without content why a request was refused`, async () => {
        const quiet = infiniumTelemetry({ client: platform.client });
        const options = { prompt: 'x', maxRetries: 0, onError() {} };
        const telemetry = telemetryOf(specification, quiet);
        await Promise.resolve(
          run({ model: model([{ error: busy(sdk) }]), ...options, ...telemetry }),
        ).catch(() => {});
        const trace = await one();
        assert.equal(trace.steps.at(-1).error.message, 'busy now');
        assert.equal(trace.errors[0].message, 'busy now');
      });

      test(`${how} shows each attempt`, async () => {
        const answers = [{ error: busy(sdk) }, { text: 'done' }];
        await run({ model: model(answers), prompt: 'x', maxRetries: 1, ...traced() });
        const trace = await one();
        assert.deepEqual(trace.errors ?? [], []);
        const [, failed, done] = trace.steps;
        assert.equal(failed.error.message, 'busy now');
        assert.equal(failed.metadata.http_status, 429);
        assert.equal(failed.metadata.request_id, 'q1');
        assert.equal(done.output_preview, 'done');
        assert.equal(done.error, undefined);
      });

      test(`${how} that fails has the error`, async () => {
        const answers = [sums[0], { error: new RangeError('down') }];
        const options = {
          model: model(answers),
          prompt: 'x',
          tools: adder(sdk),
          stopWhen,
          maxRetries: 0,
          onError() {},
          ...traced(),
        };
        const task = platform.client.trace('outer', {}, async () => {
          await Promise.resolve(run(options)).catch(() => {});
        });
        await task();
        const trace = await one();
        const [, agent] = trace.steps;
        assert.equal(agent.error.error_type, 'RangeError');
        assert.equal(trace.steps.at(-1).error.message, 'down');
      });

      test(`${how} obeys the switches of the SDK`, async () => {
        const inputs = { model: model(sums), prompt: 'please add', tools: adder(sdk), stopWhen };
        await run({ ...inputs, ...traced({ recordInputs: false }) });
        const [noInputs] = (await platform.traces()).splice(0);
        assert.doesNotMatch(
          JSON.stringify(noInputs),
          /please add|"a\\":1|input_preview|input_summary/,
        );
        assert.equal(noInputs.output_summary, 'the answer is 2');

        const outputs = { ...inputs, model: model(sums) };
        await run({ ...outputs, ...traced({ recordOutputs: false }) });
        const [noOutputs] = (await platform.traces()).splice(0);
        assert.doesNotMatch(
          JSON.stringify(noOutputs),
          /the answer is|output_preview|output_summary/,
        );
        assert.equal(noOutputs.input_summary, 'please add');
        for (const trace of [noInputs, noOutputs]) {
          assert.equal(trace.steps.length, 5);
          assert.equal(trace.steps[1].llm_call.prompt_tokens, 20);
        }

        await run({ ...inputs, model: model(sums), ...traced({ isEnabled: false }) });
        assert.deepEqual(await platform.traces(), []);
      });
    }

    test('a stream that breaks, one that tells an error, and one that is aborted fail', async () => {
      const text = 'one two three four five six seven eight nine ten eleven twelve';
      const controller = new AbortController();
      const cases = [
        { answer: { text, breaks: true }, type: 'Error', message: /connection lost/ },
        {
          answer: { text, told: new RangeError('overloaded') },
          type: 'RangeError',
          message: /over/,
        },
        { answer: { text }, type: 'AbortError', message: /abort/, abort: controller },
      ];
      for (const { answer, type, message, abort } of cases) {
        const options = {
          model: model([answer]),
          prompt: 'x',
          abortSignal: abort?.signal,
          onError() {},
          ...traced(),
        };
        try {
          for await (const _ of streamText(options).textStream) abort?.abort();
        } catch {}
        await new Promise((resolve) => setImmediate(resolve));
        const [trace] = (await platform.traces()).splice(0);
        const [, call] = trace.steps;
        assert.equal(trace.errors[0].error_type, type);
        assert.match(trace.errors[0].message, message);
        assert.equal(call.error.error_type, type);
        assert.ok(call.metadata.time_to_first_token_ms >= 0);
      }
    });

    test('objects are generated in one call', async () => {
      const options = { prompt: 'x', schema: object, ...traced() };
      await generateObject({ model: model([{ text: '{"a":1}' }]), ...options });
      await drain(
        streamObject({ model: model([{ text: '{"a":1}' }]), ...options }).partialObjectStream,
      );
      await assert.rejects(generateObject({ model: model([{ text: '{"a":"b"}' }]), ...options }));
      const traces = await platform.traces();
      for (const trace of traces) {
        assert.deepEqual(outline(trace), ['llm_call fake/fake-1-served']);
        const [, { llm_call: call, metadata, output_preview: output }] = trace.steps;
        assert.deepEqual([call.prompt_tokens, call.completion_tokens], [10, 5]);
        assert.deepEqual([metadata.cached_tokens, metadata.reasoning_tokens], [3, 2]);
        assert.match(output, /^\{"a":(1|"b")\}$/);
      }
      const summaries = traces.map(({ output_summary: output }) => output);
      assert.deepEqual(summaries, ['{"a":1}', '{"a":1}', undefined]);
      assert.equal(traces[2].errors[0].error_type, 'AI_NoObjectGeneratedError');
    });

    test('a result that cannot be parsed is the error of the run, without content if that is off', async () => {
      const { Output } = sdk;
      const member = specification === 'v2' ? 'experimental_output' : 'output';
      const quiet = telemetryOf(specification, infiniumTelemetry({ client: platform.client }));
      for (const recorded of [traced(), quiet]) {
        const run = generateText({
          model: model([{ text: 'a secret' }]),
          prompt: 'x',
          [member]: Output.object({ schema: object }),
          ...recorded,
        });
        await assert.rejects(run);
      }
      const traces = await platform.traces();
      for (const trace of traces) {
        assert.equal(trace.errors[0].error_type, 'AI_NoObjectGeneratedError');
      }
      assert.doesNotMatch(JSON.stringify(traces[1]), /secret/);
    });
  });
}
