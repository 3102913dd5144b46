// Many runs at once, each with ids of its own: nothing may get into another one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { currentTrace, traceTool, watch } from 'infinium-o2';
import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
import { z } from 'zod';
import { fakeModel, VERSIONS } from './models.mjs';
import { usePlatform } from './platform.mjs';
import { drain, telemetryOf } from './program.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const platform = await usePlatform();
const RUNS = 20;

for (const { name, sdk, specification } of VERSIONS) {
  const telemetry = infiniumTelemetry({ client: platform.client, captureContent: true });

  /** Runs number `n` asks two tools at once; one of them asks a sub-agent, which has a tool, too. */
  async function run(/** @type {number} */ n) {
    const pause = () => wait((n * 7) % 5);
    const slow = (/** @type {any} */ answers) => {
      const model = fakeModel(specification, answers);
      const { doGenerate, doStream } = model;
      return Object.assign(model, {
        async doGenerate(/** @type {any} */ options) {
          await pause();
          return doGenerate.call(model, options);
        },
        async doStream(/** @type {any} */ options) {
          await pause();
          return doStream.call(model, options);
        },
      });
    };
    const inner = traceTool(`inner-${n}`, async () => {
      await pause();
      currentTrace()?.step('own', `own-${n}`).end();
    });
    const beside = watch(fakeModel(specification, [{ text: 'beside', read: 9000 + n }]));
    const leaf = sdk.tool({
      inputSchema: z.object({}),
      execute: async () => {
        await pause();
        await inner();
        return `leaf-${n}`;
      },
    });
    const ask = sdk.tool({
      inputSchema: z.object({}),
      execute: async () => {
        await pause();
        const { text } = await sdk.generateText({
          model: slow([
            { tools: [{ id: 'same', name: `leaf-${n}`, input: {} }], read: 3000 + n },
            { text: `sub-${n}`, read: 4000 + n },
          ]),
          prompt: 'sub',
          tools: { [`leaf-${n}`]: leaf },
          stopWhen: sdk.stepCountIs(3),
          ...telemetryOf(specification, telemetry, { functionId: `sub-${n}` }),
        });
        return text;
      },
    });
    const look = sdk.tool({
      inputSchema: z.object({}),
      execute: async () => {
        await pause();
        await beside.doGenerate({ prompt: [] });
        return `look-${n}`;
      },
    });
    const options = {
      model: slow([
        {
          tools: [
            { id: 'same', name: `ask-${n}`, input: {} },
            { id: 'other', name: `look-${n}`, input: {} },
          ],
          read: 1000 + n,
        },
        { text: `done-${n}`, read: 2000 + n },
      ]),
      prompt: `run-${n}`,
      tools: { [`ask-${n}`]: ask, [`look-${n}`]: look },
      stopWhen: sdk.stepCountIs(3),
      ...telemetryOf(specification, telemetry, { functionId: `run-${n}` }),
    };
    if (n % 2 === 0) await sdk.generateText(options);
    else await drain(sdk.streamText(options).fullStream);
  }

  /** A step as a text that has the names of those above it. */
  function paths(/** @type {any} */ trace) {
    const byNumber = new Map(trace.steps.map((/** @type {any} */ s) => [s.step_number, s]));
    const nameOf = (/** @type {any} */ step) =>
      step.llm_call ? `call ${step.llm_call.prompt_tokens}` : step.description;
    const path = (/** @type {any} */ step) => {
      const names = [nameOf(step)];
      for (let at = step; at.metadata?.parent_step; ) {
        at = byNumber.get(at.metadata.parent_step);
        names.unshift(nameOf(at));
      }
      const asked = byNumber.get(step.metadata?.requested_by_step);
      return `${names.join('/')}${asked ? ` by ${nameOf(asked)}` : ''}`;
    };
    return trace.steps.slice(1).map(path).sort();
  }

  const expected = (/** @type {number} */ n, prefix = '') =>
    [
      `call ${1000 + n}`,
      `call ${2000 + n}`,
      `ask-${n} by call ${1000 + n}`,
      `look-${n} by call ${1000 + n}`,
      `look-${n}/call ${9000 + n}`,
      `ask-${n}/sub-${n}`,
      `ask-${n}/sub-${n}/call ${3000 + n}`,
      `ask-${n}/sub-${n}/call ${4000 + n}`,
      `ask-${n}/sub-${n}/leaf-${n} by call ${3000 + n}`,
      `ask-${n}/sub-${n}/leaf-${n}/inner-${n}`,
      `ask-${n}/sub-${n}/leaf-${n}/inner-${n}/own-${n}`,
    ]
      .map((line) => prefix + line)
      .sort();
  const numbers = Array.from({ length: RUNS }, (_, n) => n);

  describe(name, () => {
    test('runs at once are traces of their own', async () => {
      await Promise.all(numbers.map(run));
      const traces = await platform.traces();
      assert.equal(traces.length, RUNS);
      for (const n of numbers) {
        const trace = traces.find((each) => each.name === `run-${n}`);
        assert.deepEqual(paths(trace), expected(n));
        assert.equal(trace.output_summary, `done-${n}`);
      }
    });

    test('runs at once within one trace have their own steps', async () => {
      await platform.client.trace('outer', {}, () => Promise.all(numbers.map(run)))();
      const [trace] = await platform.traces();
      const all = numbers.flatMap((n) => [`run-${n}`, ...expected(n, `run-${n}/`)]);
      assert.deepEqual(paths(trace), all.sort());
    });
  });
}
