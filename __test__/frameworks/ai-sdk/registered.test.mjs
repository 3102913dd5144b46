// Integrations for the whole process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { registerTelemetry } from 'ai';
import { infiniumTelemetry, install } from 'infinium-o2/ai-sdk';
import { fakeModel, VERSIONS } from './models.mjs';
import { outline, usePlatform } from './platform.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const platform = await usePlatform();
const [latest, previous] = VERSIONS;
const ask = (/** @type {any} */ { sdk, specification }, more = {}) =>
  sdk.generateText({ model: fakeModel(specification, [{ text: 'hi' }]), prompt: 'x', ...more });

beforeEach(() => {
  globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = undefined;
});

describe('registerTelemetry', () => {
  test('records all runs, each once', async () => {
    registerTelemetry(
      infiniumTelemetry({ client: platform.client }),
      infiniumTelemetry({ client: platform.client }),
    );
    await ask(latest);
    await ask(latest, { telemetry: { isEnabled: false } });
    const traces = await platform.traces();
    assert.equal(traces.length, 1);
    assert.deepEqual(outline(traces[0]), ['llm_call fake/fake-1-served']);
  });

  test('warns once of events that are not those of version 7', async () => {
    /** @type {any[]} */
    const warnings = [];
    const note = (/** @type {any} */ warning) => warnings.push(warning);
    process.on('warning', note);
    registerTelemetry(infiniumTelemetry({ client: platform.client }));
    await ask(previous, { experimental_telemetry: { isEnabled: true } });
    await ask(previous, { experimental_telemetry: { isEnabled: true } });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    assert.deepEqual(await platform.traces(), []);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['INFINIUM_WATCH'],
    );
    assert.match(warnings[0].message, /tracer/);
  });
});

test('without a client, only runs within a trace are recorded', async () => {
  registerTelemetry(infiniumTelemetry());
  await ask(latest);
  assert.deepEqual(await platform.traces(), []);
  await platform.client.trace('outer', {}, () => ask(latest))();
  const [trace] = await platform.traces();
  assert.deepEqual(outline(trace), ['agent generateText', 'llm_call fake/fake-1-served < 2']);
});

test('what is wrong is refused', () => {
  assert.throws(() => infiniumTelemetry({ client: /** @type {any} */ ({}) }), /client/);
  assert.throws(
    () => infiniumTelemetry({ captureContent: /** @type {any} */ (1) }),
    /captureContent/,
  );
});

test('install records without a change of the program, before the SDK is loaded', () => {
  const program = `
    const { install } = await import('infinium-o2/ai-sdk');
    install();
    install();
    const { InfiniumClient } = await import('infinium-o2');
    const { generateText } = await import('ai');
    const { fakeModel } = await import('./models.mjs');
    const client = new InfiniumClient({ enabled: false });
    const onTrace = ({ steps }) => console.log(steps.map(({ action }) => action).join());
    await client.trace('outer', { onTrace }, () =>
      generateText({ model: fakeModel('v4', [{ text: 'hi' }]), prompt: 'x' }),
    )();
  `;
  const cwd = path.dirname(new URL(import.meta.url).pathname);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd, encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  assert.equal(stdout, 'execution,agent,llm_call\n');
  assert.equal(typeof install, 'function');
});
