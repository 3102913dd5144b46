// The same program with and without a trace: nothing that it can see differs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { fakeModel, VERSIONS } from './models.mjs';
import { usePlatform } from './platform.mjs';
import { adder, busy, drain, object, sums, telemetryOf } from './program.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const platform = await usePlatform();

/** Values that differ from run to run. */
const VARIABLE = /^(timestamp|id|callId|.*Ms|.*PerSecond|stack|performance|headers|telemetry)$/;

function comparable(/** @type {unknown} */ value, seen = new Set()) {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return 'again';
  seen.add(value);
  /** @type {any} */
  const shown = { class: value.constructor?.name };
  if (value instanceof Error) shown.message = value.message;
  for (const [key, member] of Object.entries(value)) {
    if (!VARIABLE.test(key)) shown[key] = comparable(member, seen);
  }
  return shown;
}

const settle = (/** @type {Promise<any>} */ promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );

for (const { name, sdk, specification } of VERSIONS) {
  const { generateText, streamText, generateObject, streamObject, stepCountIs, embedMany } = sdk;
  const text = 'one two three four five six';
  const readAll = async (/** @type {any} */ result) => ({
    parts: await drain(result.fullStream),
    text: await settle(Promise.resolve(result.text)),
    usage: await settle(Promise.resolve(result.totalUsage ?? result.usage)),
    steps: await settle(Promise.resolve(result.steps)),
  });
  const stopWhen = stepCountIs(3);

  /** @type {[string, any, (options: any) => any][]} */
  const programs = [
    ['tools', sums, (o) => generateText({ ...o, tools: adder(sdk), stopWhen })],
    ['streamed tools', sums, (o) => readAll(streamText({ ...o, tools: adder(sdk), stopWhen }))],
    ['an error', [{ error: new RangeError('down') }], generateText],
    ['a streamed error', [{ error: new RangeError('down') }], (o) => readAll(streamText(o))],
    ['a broken stream', [{ text, breaks: true }], (o) => readAll(streamText(o))],
    ['an error that the stream tells', [{ text, told: 'no' }], (o) => readAll(streamText(o))],
    [
      'a stream that is left',
      [{ text }],
      async (o) => {
        for await (const part of streamText(o).textStream) return part;
      },
    ],
    [
      'a stream that nobody reads',
      [{ text }],
      async (o) => {
        streamText(o);
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    ],
    [
      'an aborted call',
      [{ text }],
      (o) => generateText({ ...o, abortSignal: AbortSignal.abort(new RangeError('enough')) }),
    ],
    ['retries', [{ error: busy(sdk) }, { text }], (o) => generateText({ ...o, maxRetries: 1 })],
    [
      'too few retries',
      [{ error: busy(sdk) }, { error: busy(sdk) }],
      (o) => generateText({ ...o, maxRetries: 1 }),
    ],
    ['an object', [{ text: '{"a":1}' }], (o) => generateObject({ ...o, schema: object })],
    ['a wrong object', [{ text: '{"a":"b"}' }], (o) => generateObject({ ...o, schema: object })],
    [
      'a streamed object',
      [{ text: '{"a":1}' }],
      async (o) => {
        const result = streamObject({ ...o, schema: object });
        return { parts: await drain(result.partialObjectStream), object: await result.object };
      },
    ],
    [
      'embeddings',
      [],
      ({ prompt: _, model, onError: __, ...o }) =>
        embedMany({ ...o, model: embedder(model.specificationVersion), values: ['a', 'b', 'c'] }),
    ],
  ];

  describe(name, () => {
    for (const [what, answers, program] of programs) {
      test(what, async () => {
        /** @type {unknown[]} */
        const unhandled = [];
        const note = (/** @type {unknown} */ error) => unhandled.push(comparable(error));
        process.on('unhandledRejection', note);
        const observe = async (/** @type {object} */ more) => {
          unhandled.length = 0;
          const model = fakeModel(specification, answers);
          /** @type {unknown[]} */
          const errors = [];
          const onError = ({ error }) => errors.push(comparable(error));
          const options = { model, prompt: 'x', maxRetries: 0, onError, ...more };
          const result = comparable(await settle((async () => program(options))()));
          await new Promise((resolve) => setTimeout(resolve, 5));
          const requests = comparable(model.asked);
          return { result, errors, requests, unhandled: [...unhandled] };
        };
        const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });
        const plain = await observe({});
        const recorded = telemetryOf(specification, telemetry);
        const traced = await observe(recorded);
        const within = await platform.client.trace('outer', {}, () => observe(recorded))();
        process.off('unhandledRejection', note);
        assert.deepEqual(traced, plain);
        assert.deepEqual(within, plain);
      });
    }
  });
}

/** @returns {any} an embedding model that takes two values at once */
function embedder(/** @type {string} */ specificationVersion) {
  return {
    specificationVersion,
    provider: 'fake.embedding',
    modelId: 'embed-1',
    maxEmbeddingsPerCall: 2,
    supportsParallelCalls: true,
    doEmbed: async (/** @type {{ values: string[] }} */ { values }) => ({
      embeddings: values.map((value) => [value.length]),
      usage: { tokens: values.length },
      warnings: [],
    }),
  };
}
