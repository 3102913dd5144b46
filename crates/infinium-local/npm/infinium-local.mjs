#!/usr/bin/env node
// Starts the program of this platform with the same arguments, and ends as it ends.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

const { platform, arch } = process;
const program = platform === 'win32' ? 'infinium-local.exe' : 'infinium-local';
const resolve = createRequire(import.meta.url).resolve;

/** The packages that may fit. On Linux, only starting one tells which C library is there. */
const packages =
  platform === 'linux'
    ? [`linux-${arch}-gnu`, `linux-${arch}-musl`]
    : [platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`];

/** @type {string[]} */
const failures = [];
start(packages.map((name) => `@infinium-o2/local-${name}`));

/** @param {string[]} names of packages to try, in order */
function start([name, ...others]) {
  if (name === undefined) return fail();
  let file = '';
  try {
    file = resolve(`${name}/${program}`);
  } catch (error) {
    failures.push(`- ${name}: ${error.message.split('\n', 1)[0]}`);
    return start(others);
  }
  const child = spawn(file, process.argv.slice(2), { stdio: 'inherit' });
  child.once('error', (error) => {
    failures.push(`- ${name}: ${error.message}`);
    start(others);
  });
  child.once('spawn', () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => child.kill(signal));
    process.once('exit', () => child.kill());
  });
  child.once('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : code);
  });
}

function fail() {
  const lines = [
    `infinium-local cannot be started on ${platform} ${arch}.`,
    ...failures,
    'There are programs for Linux (x64 and arm64, glibc 2.17 or newer, or musl), macOS and Windows (x64 and arm64).',
    'On one of these, install infinium-local again with its optional dependencies, and without a node_modules or',
    'lock file of another platform.',
  ];
  console.error(lines.join('\n'));
  process.exitCode = 1;
}
