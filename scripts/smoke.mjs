// Tries the packed packages on this machine: `node scripts/smoke.mjs [<folder>]`. Needs only Node.js and npm.
//
// It installs them from a registry of its own, starts infinium-local, and sends a batch to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startRegistry } from './registry.mjs';
import { stop, target } from './run.mjs';

const program = `
import { VERSION, InfiniumClient } from 'infinium-o2';
const client = new InfiniumClient({ agentId: 'smoke-agent', agentSecret: 'a-secret-for-this-machine' });
const { successfulTasks } = await client.sendBatch(['One', 'Two'].map((name) => (
  { name, description: 'Sent by a package', duration: 0.1, currentDatetime: client.getCurrentIsoDatetime() })));
await client.close();
if (successfulTasks !== 2) throw new Error('sent ' + successfulTasks + ' of 2');
console.log('infinium-o2 ' + VERSION + ' on ' + process.platform + ' ' + process.arch + ', Node.js ' + process.version);
`;

const folder = path.resolve(process.argv[2] ?? path.join(target, 'packages'));
const place = mkdtempSync(path.join(tmpdir(), 'infinium-smoke-'));
const registry = await startRegistry(folder);
try {
  writeFileSync(path.join(place, 'package.json'), '{ "private": true }');
  writeFileSync(path.join(place, 'program.mjs'), program);
  const args = ['install', '--no-audit', '--no-fund', '--registry', registry.url];
  args.push('--cache', path.join(place, 'cache'), 'infinium-o2', 'infinium-local');
  await runIn(place, 'npm', args);
  await sendBatch();
} finally {
  registry.stop();
  rmSync(place, { recursive: true, force: true });
}
console.log('The packages work.');

async function sendBatch() {
  const command = path.join(place, 'node_modules', 'infinium-local', 'infinium-local.mjs');
  const local = spawn(process.execPath, [command, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(local, 'exit').then(() => stop('infinium-local ended before it was used.'));
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: local.stdout }), 'line'),
      ended,
    ]);
    const { url } = JSON.parse(line);
    await runIn(place, process.execPath, ['program.mjs'], { INFINIUM_BASE_URL: url });
    const { stored } = /** @type {any} */ (
      await (await fetch(new URL('/local/stats', url))).json()
    );
    if (stored !== 2) stop(`infinium-local has stored ${stored} traces of 2.`);
  } finally {
    local.removeAllListeners('exit');
    local.kill();
  }
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function runIn(cwd, command, args, env = {}) {
  const options = { cwd, env: { ...process.env, ...env }, shell: command === 'npm' };
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}
