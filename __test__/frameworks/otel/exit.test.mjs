// Waiting for late spans keeps no process alive.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = `
  import { InfiniumClient } from 'infinium-o2';
  import { InfiniumSpanProcessor } from 'infinium-o2/otel';
  import { context, makeProvider, trace } from './support.mjs';
  const client = new InfiniumClient({ enabled: false });
  const tracer = makeProvider(new InfiniumSpanProcessor(client)).getTracer('test');
  const attributes = { 'gen_ai.operation.name': 'invoke_agent' };
  const root = tracer.startSpan('root', { attributes });
  tracer.startSpan('open', { attributes }, trace.setSpan(context.active(), root));
  root.end();
`;

it('ends a program whose spans are open', async () => {
  const args = ['--input-type=module', '--eval', PROGRAM];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const started = performance.now();
  await promisify(execFile)(process.execPath, args, { cwd });
  assert.ok(performance.now() - started < 25_000);
});
