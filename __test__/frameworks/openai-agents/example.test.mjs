// The example runs, and its README shows the trace that it makes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { outline, startPlatform } from '../platform.mjs';

const folder = path.join(import.meta.dirname, '../../../examples/openai-agents');

test('the example makes the trace that its README shows', async (context) => {
  const platform = await startPlatform();
  context.after(() => platform.stop());
  const child = spawn(process.execPath, [path.join(folder, 'agent.mjs')], {
    env: { ...process.env, ...platform.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[code]] = await Promise.all([once(child, 'close'), child.stdout.resume()]);
  assert.equal(code, 0);
  const [trace] = await platform.sent();
  const shown = /```text\n([\s\S]*?)\n```/.exec(readFileSync(`${folder}/README.md`, 'utf8'))?.[1];
  assert.equal([trace.name, ...outline(trace)].join('\n'), shown);
});
