// Nothing is kept of spans and traces that are over, or that nobody has any more.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { currentTrace } from 'infinium-o2';
import { InfiniumSpanProcessor } from 'infinium-o2/otel';
import { makeProvider, startPlatform, within } from './support.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const platform = await startPlatform();
const { client } = platform;
const provider = makeProvider(new InfiniumSpanProcessor(client));
const tracer = provider.getTracer('test');
after(() => platform.close());

const CHAT = { 'gen_ai.operation.name': 'chat' };

/** Whether everything that these refer to is collected. */
async function areCollected(refs) {
  for (let round = 0; round < 20 && refs.some((ref) => ref.deref()); round += 1) {
    await new Promise(setImmediate);
    gc();
  }
  return refs.every((ref) => ref.deref() === undefined);
}

it('spans of traces that were sent, and of those that have no agent, are collected', async () => {
  const refs = [];
  const keep = (span) => {
    refs.push(new WeakRef(span));
    // Lives as long as its trace.
    const handle = currentTrace();
    if (handle) refs.push(new WeakRef(handle));
  };
  for (const attributes of [CHAT, { 'http.request.method': 'GET' }]) {
    await within(tracer, 'root', attributes, async (span) => {
      keep(span);
      await within(tracer, 'child', attributes, keep);
    });
  }
  await client.trace('outer', () => within(tracer, 'chat', CHAT, keep))();
  await platform.traces();
  assert.equal(refs.length, 8);
  assert.ok(await areCollected(refs));
});

it('of traces that are never over, a thousand are kept', async () => {
  const refs = [];
  for (let index = 0; index < 1_100; index += 1) {
    // Never resolves, and its spans stay open.
    client.trace('hung', () => {
      tracer.startSpan('open', { attributes: CHAT });
      return new Promise((_resolve) => {
        refs.push(new WeakRef(_resolve));
      });
    })();
  }
  const oldest = refs.slice(0, 50);
  assert.ok(await areCollected(oldest));
});
