// A model that is given to watch(), within the SDK and beside it: each call is recorded once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { watch } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { fakeModel, VERSIONS } from './models.mjs';
import { outline, usePlatform } from './platform.mjs';
import { adder, busy, drain, object, sums, telemetryOf } from './program.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const platform = await usePlatform();

for (const { name, sdk, specification } of VERSIONS) {
  const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });
  const traced = telemetryOf(specification, telemetry);
  const watched = (/** @type {any} */ answers) => watch(fakeModel(specification, answers));
  const within = async (/** @type {() => unknown} */ run) => {
    await platform.client.trace('outer', {}, run)();
    return (await platform.traces())[0];
  };
  const json = [{ text: '{"a":1}' }];
  /** @type {[string, any, (options: any) => unknown][]} */
  const cases = [
    ['generateText', sums, (options) => sdk.generateText(options)],
    ['streamText', sums, (options) => drain(sdk.streamText(options).fullStream)],
    ['generateObject', json, (options) => sdk.generateObject({ ...options, schema: object })],
    [
      'streamObject',
      json,
      (options) => drain(sdk.streamObject({ ...options, schema: object }).partialObjectStream),
    ],
  ];

  describe(name, () => {
    for (const [how, answers, run] of cases) {
      const inputs = () => ({
        prompt: 'x',
        stopWhen: sdk.stepCountIs(3),
        ...(how.endsWith('Text') && { tools: adder(sdk) }),
        model: watched(answers),
      });

      test(`${how} with telemetry counts the calls of a watched model once`, async () => {
        const trace = await within(() => run({ ...inputs(), ...traced }));
        const calls = trace.steps.filter((/** @type {any} */ step) => step.action === 'llm_call');
        assert.equal(calls.length, answers.length);
        assert.equal(trace.llm_usage.api_calls_count, answers.length);
        for (const [
          index,
          { llm_call: call, metadata, output_preview: output },
        ] of calls.entries()) {
          const { read = 10, written = 5, text } = answers[index];
          assert.deepEqual([call.prompt_tokens, call.completion_tokens], [read, written]);
          assert.equal(metadata.parent_step, 2);
          assert.equal(metadata.cached_tokens, 3);
          assert.equal(output?.replaceAll(' ', ''), text?.replaceAll(' ', ''));
        }
      });

      test(`${how} without telemetry leaves them to the watched model`, async () => {
        const trace = await within(() => run(inputs()));
        const calls = outline(trace).filter(
          (/** @type {string} */ line) => !line.startsWith('tool'),
        );
        assert.deepEqual(calls, Array(answers.length).fill('llm_call fake/fake-1-served'));
        assert.equal(trace.llm_usage.prompt_tokens, how.endsWith('Text') ? 50 : 10);
      });
    }

    test('a watched model within generateObject shows each attempt', async () => {
      const model = watched([{ error: busy(sdk) }, ...json]);
      const trace = await within(() =>
        sdk.generateObject({ model, prompt: 'x', schema: object, maxRetries: 1, ...traced }),
      );
      const [, , failed, done] = trace.steps;
      assert.equal(failed.metadata.http_status, 429);
      assert.equal(done.llm_call.prompt_tokens, 10);
      assert.equal(trace.steps.length, 4);
    });

    test('a call beside the run is no part of it', async () => {
      const beside = watched([{ text: 'beside' }]);
      const trace = await within(async () => {
        const options = { model: watched([{ text: 'one two three' }]), prompt: 'x', ...traced };
        for await (const _ of sdk.streamText({
          ...options,
          async onFinish() {
            await beside.doGenerate({ prompt: [] });
          },
        }).textStream);
      });
      assert.equal(trace.llm_usage.api_calls_count, 2);
      assert.equal(trace.llm_usage.prompt_tokens, 20);
    });
  });
}
