// The example runs, and makes the trace that its README shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPlatform, tree } from './support.mjs';

const platform = await startPlatform();
after(() => platform.stop());
const folder = new URL('../../../examples/langchain/', import.meta.url);

it('makes the trace that is shown', async () => {
  const env = { ...process.env, ...platform.environment };
  const file = fileURLToPath(new URL('agent.mjs', folder));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env });
  assert.equal(stderr, '');
  assert.match(stdout, /15768 feet/);
  const [trace, ...more] = await platform.take();
  assert.deepEqual(more, []);
  const [, shown] = /```text\n([\s\S]*?)\n```/.exec(
    readFileSync(new URL('README.md', folder), 'utf8'),
  );
  assert.equal(tree(trace).join('\n'), shown);
  assert.equal(trace.llm_usage.total_tokens, 205);
});
