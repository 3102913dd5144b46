// infinium-local as it is published: installed from a registry, and started as users do.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { usePackages } from '../support/packages';

const packages = usePackages('infinium-local');

const modules = () => path.join(packages.directory, 'node_modules');
const scope = () => path.join(modules(), '@infinium-o2');

/** Starts it with these arguments. */
function start(...args: string[]): ChildProcess {
  const program = path.join(modules(), 'infinium-local', 'infinium-local.mjs');
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Its exit code and what it printed. */
async function outcome(child: ChildProcess) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  }
  const [code, signal] = await once(child, 'close');
  return { code, signal, text };
}

it('holds the program that starts the binary, and nothing that runs at installation', () => {
  expect(packages.shipped('infinium-local').sort()).toEqual([
    'LICENSE',
    'README.md',
    'infinium-local.mjs',
    'package.json',
  ]);
  const file = path.join(modules(), 'infinium-local', 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(manifest.optionalDependencies)).toHaveLength(8);
  expect(manifest).not.toHaveProperty('scripts');
  expect(manifest).not.toHaveProperty('dependencies');
  expect(readdirSync(scope())).toHaveLength(1);
});

it('has a command', () => {
  const commands = readdirSync(path.join(modules(), '.bin'));
  expect(commands).toContain('infinium-local');
});

it('starts a platform, which stops with it on a signal', async () => {
  const child = start('--port', '0');
  const ended = outcome(child);
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  const { url } = JSON.parse(line);
  const answer = await fetch(new URL('/local/stats', url));
  expect(await answer.json()).toMatchObject({ arrivals: 0 });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: expect.any(Number), signal: null });
  await expect(fetch(new URL('/local/stats', url))).rejects.toThrow();
});

it('passes arguments on, and the exit code back', async () => {
  const { code, text } = await outcome(start('--no-such-option'));
  expect(code).toBe(2);
  expect(text).toContain('no-such-option');
});

// Only on Linux may two packages fit.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('where the first program does not start', () => {
  const fake = (name: string, text: string) => {
    const folder = path.join(scope(), name);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), '{}');
    const file = path.join(folder, 'infinium-local');
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  };
  const names = [`local-linux-${process.arch}-gnu`, `local-linux-${process.arch}-musl`];
  beforeEach(() => rmSync(scope(), { recursive: true }));
  beforeEach(() => mkdirSync(scope()));

  it('starts the other', async () => {
    // As if the interpreter, which is that of another C library, were missing.
    fake(names[0], '#!/absent/interpreter\n');
    fake(names[1], '#!/bin/sh\necho started "$@"\nexit 7\n');
    expect(await outcome(start('a', 'b'))).toMatchObject({ code: 7, text: 'started a b\n' });
  });

  it('says what was tried and what to do if there is none', async () => {
    fake(names[0], '#!/absent/interpreter\n');
    const { code, text } = await outcome(start());
    expect(code).toBe(1);
    expect(text).toContain(`cannot be started on linux ${process.arch}`);
    expect(text).toMatch(new RegExp(`^- @infinium-o2/${names[0]}: spawn .* ENOENT$`, 'm'));
    expect(text).toMatch(new RegExp(`^- @infinium-o2/${names[1]}: Cannot find module`, 'm'));
    expect(text).toContain('install infinium-local again');
  });
});
