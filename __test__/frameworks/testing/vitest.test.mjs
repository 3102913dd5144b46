// The tests of the example run with Vitest.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

it('has matchers for Vitest', async () => {
  const cwd = fileURLToPath(new URL('../../../examples/testing/', import.meta.url));
  const manifest = createRequire(path.join(cwd, 'agent.mjs')).resolve('vitest/package.json');
  const vitest = path.join(path.dirname(manifest), 'vitest.mjs');
  const args = [vitest, 'run', '--reporter=tap-flat', '--root', cwd];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  assert.match(stdout, /^1\.\.2$/m);
  assert.doesNotMatch(stdout, /^not ok/m);
});
