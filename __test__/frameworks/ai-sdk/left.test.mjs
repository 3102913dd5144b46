// Streams that nobody reads to their end: the SDK tells nothing of them any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { fakeModel, VERSIONS } from './models.mjs';
import { outline, usePlatform } from './platform.mjs';
import { telemetryOf } from './program.mjs';

const platform = await usePlatform();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
/** A stream that is long, and one that the SDK has read when the program leaves it. */
const texts = [Array(200).fill('word').join(' '), 'one two three'];

for (const { name, sdk, specification } of VERSIONS) {
  const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });
  const leave = async (text = texts[0]) => {
    const { textStream } = sdk.streamText({
      model: fakeModel(specification, [{ text }]),
      prompt: 'x',
      ...telemetryOf(specification, telemetry),
    });
    for await (const _ of textStream) break;
  };

  test(`${name}: a trace of its own ends when the stream is collected`, async () => {
    for (const text of texts) {
      await leave(text);
      let traces = await platform.traces();
      for (let round = 0; round < 100 && traces.length === 0; round += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        collect();
        traces = await platform.traces();
      }
      const [trace] = traces.splice(0);
      assert.deepEqual(outline(trace), ['llm_call fake/fake-1-served']);
      assert.equal(trace.steps[1].metadata.response_id, 'r1');
    }
  });

  test(`${name}: what was left took until it was last heard of`, async () => {
    const began = performance.now();
    await leave();
    // What the SDK has begun to read still arrives.
    for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
    const took = performance.now() - began;
    // The program goes on for longer than all of that.
    while (performance.now() < began + 2 * took + 500);
    let traces = await platform.traces();
    for (let round = 0; round < 100 && traces.length === 0; round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      traces = await platform.traces();
    }
    const [trace] = traces;
    const longest = took + 250;
    assert.ok(1000 * trace.duration < longest, `${trace.duration} s`);
    assert.ok(trace.steps[1].llm_call.latency_ms < longest);
  });

  test(`${name}: a run that goes on is not ended by a collection`, async () => {
    const collected = async () => {
      for (let round = 0; round < 5; round += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        collect();
      }
    };
    const options = (/** @type {any} */ model) => ({
      model,
      prompt: 'x',
      ...telemetryOf(specification, telemetry),
    });
    const model = fakeModel(specification, [{ text: 'done' }]);
    const { doGenerate } = model;
    model.doGenerate = async (/** @type {any} */ request) => {
      await collected();
      return doGenerate.call(model, request);
    };
    await sdk.generateText(options(model));
    for (const text of texts) {
      const result = sdk.streamText(options(fakeModel(specification, [{ text }])));
      let parts = 0;
      for await (const _ of result.textStream) {
        parts += 1;
        if (parts < 3) await collected();
      }
    }
    const traces = await platform.traces();
    assert.deepEqual(
      traces.map(({ output_summary: output }) => output),
      ['done', ...texts],
    );
  });

  test(`${name}: within a trace it ends with that`, async () => {
    await platform.client.trace('outer', {}, () => leave())();
    const [trace] = await platform.traces();
    assert.deepEqual(outline(trace), ['agent streamText', 'llm_call fake/fake-1-served < 2']);
  });
}
