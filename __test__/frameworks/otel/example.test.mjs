// The example runs, and makes the trace and the spans that its README shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPlatform } from './support.mjs';

const platform = await startPlatform();
after(() => platform.close());
const folder = new URL('../../../examples/otel/', import.meta.url);

it('makes what is shown', async () => {
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e',
    INFINIUM_AGENT_SECRET: 'golden-secret-0123456789',
    INFINIUM_BASE_URL: platform.url,
  };
  const file = fileURLToPath(new URL('agent.mjs', folder));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env });
  assert.equal(stderr, '');
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const [trace, spans] = [...readme.matchAll(/```text\n([\s\S]*?)\n```/g)].map(([, text]) => text);
  assert.equal(stdout, `Mont Blanc is 4806 m high.\n${spans}\n`);
  // The program sends both at once, so either may arrive first.
  const [converted, body] = (await platform.traces()).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  assert.deepEqual([converted.name, body.name], ['convert', 'mountain guide']);
  const steps = body.steps
    .slice(1)
    .map(({ step_number: number, action, description }) => `  ${number} ${action} ${description}`);
  assert.equal([body.name, ...steps].join('\n'), trace);
  assert.equal(body.llm_usage.total_tokens, 108);
});
