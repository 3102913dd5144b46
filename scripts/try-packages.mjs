// Tries packed packages: installs them from a registry of its own, starts infinium-local, and sends the batch of
// examples/batch.mjs to it with the addon.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startRegistry } from './registry.mjs';
import { root } from './run.mjs';
import { localFile, localPackage } from './targets.mjs';

/** @typedef {import('./targets.mjs').Target} Target */
/** @typedef {import('./emulation/commands.mjs').Commands} Commands */

// Clients also run without the addon, only slower: a batch that arrives does not show that it loads.
const program = `
import { InfiniumClient, VERSION } from 'infinium-o2';
const client = new InfiniumClient();
await client.close();
if (client.runtime !== 'native') throw new Error('the addon does not load');
const { platform, arch, version } = process;
console.log('infinium-o2 ' + VERSION + ' on ' + platform + ' ' + arch + ', Node.js ' + version);
await import('./batch.mjs');
`;

/**
 * @param {Target} wanted
 * @param {Commands} commands of this platform
 * @param {string} folder that scripts/pack.mjs has filled
 */
export async function tryPackages(wanted, commands, folder) {
  const place = mkdtempSync(path.join(tmpdir(), 'infinium-try-'));
  const registry = await startRegistry(folder);
  try {
    const examples = path.join(root, 'examples');
    for (const name of ['batch.mjs', 'documents']) {
      cpSync(path.join(examples, name), path.join(place, name), { recursive: true });
    }
    writeFileSync(path.join(place, 'package.json'), '{ "private": true }');
    writeFileSync(path.join(place, 'program.mjs'), program);
    const args = ['install', '--no-audit', '--no-fund', '--registry', registry.url];
    args.push('--cache', path.join(place, 'cache'), 'infinium-o2', 'infinium-local');
    if (commands.emulated) {
      const { os, cpu, libc = '' } = wanted;
      args.push('--os', os, '--cpu', cpu, '--libc', libc);
    }
    await runIn(place, ['npm', ...args]);
    await sendBatch(wanted, commands, place);
  } finally {
    registry.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

/**
 * @param {Target} wanted
 * @param {Commands} commands
 * @param {string} place
 */
async function sendBatch(wanted, { node, emulator }, place) {
  const modules = path.join(place, 'node_modules');
  // Node.js in an emulator cannot start a program in another emulator.
  const [command, ...args] = emulator
    ? [...emulator, path.join(modules, localPackage(wanted.platform), localFile(wanted))]
    : [...node, path.join(modules, 'infinium-local', 'infinium-local.mjs')];
  const local = spawn(command, [...args, '--memory', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(local, 'exit').then(() => {
    throw new Error('infinium-local ended before it was used');
  });
  try {
    const lines = createInterface({ input: local.stdout });
    const [line] = await Promise.race([once(lines, 'line'), ended]);
    const { url } = JSON.parse(line);
    await Promise.race([
      runIn(place, [...node, 'program.mjs'], {
        INFINIUM_BASE_URL: url,
        INFINIUM_AGENT_ID: 'smoke-agent',
        INFINIUM_AGENT_SECRET: 'a-secret-for-this-machine',
      }),
      ended,
    ]);
    const answer = await fetch(new URL('/local/stats', url));
    const { stored } = /** @type {any} */ (await answer.json());
    const sent = readdirSync(path.join(place, 'documents')).length;
    if (stored !== sent) throw new Error(`infinium-local has stored ${stored} traces of ${sent}`);
  } finally {
    ended.catch(() => {});
    local.kill();
  }
}

/**
 * @param {string} cwd
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} [env]
 */
async function runIn(cwd, [command, ...args], env = {}) {
  const options = { cwd, env: { ...process.env, ...env }, shell: command === 'npm' };
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${path.basename(command)} ended with ${code}`);
}
