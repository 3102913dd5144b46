// `infinium-o2 dev`.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Running, runCommand, startCommand } from '../support/command';
import { useDirectory } from '../support/use';

const root = path.resolve(__dirname, '../..');
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');
const directory = useDirectory();

const running = new Set<ChildProcess>();
/** Starts it where the package may be installed. */
function start(...args: string[]): Running {
  const started = startCommand(['dev', ...args], { cwd: directory.path });
  running.add(started.child);
  return started;
}
// The local platform ends with it, but only on a signal that can be handled.
afterEach(() => {
  for (const child of running) child.kill('SIGTERM');
  running.clear();
});

/** Lays out infinium-local as npm does, with the program that is built for the tests. */
function install(): void {
  const folder = path.join(directory.path, 'node_modules', 'infinium-local');
  mkdirSync(folder, { recursive: true });
  const manifest = { type: 'module', bin: { 'infinium-local': 'infinium-local.mjs' } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const starter = path.join(root, 'crates/infinium-local/npm/infinium-local.mjs');
  copyFileSync(starter, path.join(folder, 'infinium-local.mjs'));
  const { platform, arch } = process;
  const suffix = { linux: '-gnu', win32: '-msvc' }[platform as string] ?? '';
  const name = platform === 'win32' ? 'infinium-local.exe' : 'infinium-local';
  const scope = path.join(directory.path, 'node_modules', '@infinium-o2');
  const own = path.join(scope, `local-${platform}-${arch}${suffix}`);
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, 'package.json'), '{}');
  symlinkSync(path.join(target, 'debug', name), path.join(own, name));
}

it('starts the local platform with its arguments, and says what to set', async () => {
  install();
  const started = start('--port', '0', '--memory');
  const [line] = await once(createInterface({ input: started.child.stdout! }), 'line');
  const { url } = JSON.parse(line);
  expect((await fetch(new URL('/local/stats', url))).status).toBe(200);
  expect(started.stderr).toContain('INFINIUM_AGENT_ID=local-agent');
  expect(started.stderr).toContain('INFINIUM_AGENT_SECRET=local-secret');
  started.child.kill('SIGTERM');
  await started.outcome;
  await expect(fetch(new URL('/local/stats', url))).rejects.toThrow();
});

it('ends as the local platform ends, and leaves its help to it', async () => {
  install();
  const wrong = await runCommand(['dev', '--no-such-option'], { cwd: directory.path });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('no-such-option') });
  const help = await runCommand(['dev', '--help'], { cwd: directory.path });
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('Usage: infinium-local');
  const version = await runCommand(['dev', '--version'], { cwd: directory.path });
  expect(version).toMatchObject({ code: 0, stderr: '' });
});

it('passes a signal on', async () => {
  const folder = path.join(directory.path, 'node_modules', 'infinium-local');
  mkdirSync(folder, { recursive: true });
  const manifest = { bin: { 'infinium-local': 'run.js' } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    path.join(folder, 'run.js'),
    `process.on('SIGINT', () => process.exit(7));
     setInterval(() => {}, 1_000);
     console.log(process.argv.slice(2).join(' '));`,
  );
  chmodSync(path.join(folder, 'run.js'), 0o755);
  const { child, outcome } = start('tail', '--json');
  await once(child.stdout!, 'data');
  child.kill('SIGINT');
  expect(await outcome).toEqual({ code: 7, signal: null, stdout: 'tail --json\n', stderr: '' });
});

it('says how to get it if it is not installed', async () => {
  const outcome = await runCommand(['dev'], { cwd: directory.path });
  expect(outcome).toMatchObject({ code: 1, stdout: '' });
  expect(outcome.stderr).toContain('\n  npm install --save-dev infinium-local\n');
});
