// The example runs, and makes the trace that its README shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { usePlatform } from './platform.mjs';

const platform = await usePlatform();
const folder = new URL('../../../examples/ai-sdk/', import.meta.url);

/** The steps of a trace, each below the one that it belongs to. */
function tree(/** @type {any} */ trace, parent = undefined, indent = '  ') {
  /** @type {string[]} */
  const lines = [];
  for (const { step_number: number, action, description, metadata } of trace.steps.slice(1)) {
    if (metadata?.parent_step !== parent) continue;
    lines.push(
      `${indent}${number} ${action} ${description}`,
      ...tree(trace, number, `${indent}  `),
    );
  }
  return lines;
}

test('makes the trace that is shown', async () => {
  const env = { ...process.env, ...platform.environment };
  const file = fileURLToPath(new URL('agent.mjs', folder));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env });
  assert.equal(stderr, '');
  assert.match(stdout, /15768 feet/);
  const [trace, ...more] = await platform.traces();
  assert.deepEqual(more, []);
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const shown = /```text\n([\s\S]*?)\n```/.exec(readme)?.[1];
  assert.equal([trace.name, ...tree(trace)].join('\n'), shown);
  assert.equal(trace.llm_usage.total_tokens, 245);
});
