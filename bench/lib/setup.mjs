// Brings everything into place that a run needs, and nothing twice.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BENCH = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(BENCH, '..');
const PYTHON_SDK = 'infinium-o2==1.2.0';

/**
 * @param {string} what for the user to read
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function step(what, command, args, cwd) {
  console.error(`${what} …`);
  try {
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (cause) {
    throw new Error(`${what} failed: run \`${command} ${args.join(' ')}\` in ${cwd} to see why`, {
      cause,
    });
  }
}

/** Installs what is compared with, as locked. */
function installRivals() {
  const installed = join(BENCH, 'node_modules', '.package-lock.json');
  const lock = join(BENCH, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  step('Installing the rivals', 'npm', ['ci', '--ignore-scripts'], BENCH);
}

/** @returns {string} the sink's binary */
function buildSink() {
  const args = ['build', '--release', '--quiet', '--package', 'infinium-bench-sink'];
  step('Building the sink', 'cargo', args, BENCH);
  return join(BENCH, 'target', 'release', 'infinium-bench-sink');
}

/**
 * Builds the addon as it ships, beside what may have been built for tests, which is slower.
 *
 * @returns {string} a directory with the package as a user has it
 */
function buildPackage() {
  const directory = join(BENCH, '.package');
  mkdirSync(directory, { recursive: true });
  if (!existsSync(join(ROOT, 'node_modules'))) {
    step('Installing the tools of the project', 'npm', ['ci'], ROOT);
  }
  const names = ['--js', 'js-binding.js', '--dts', 'js-binding.d.ts'];
  const args = ['napi', 'build', '--platform', '--release', '--output-dir', directory, ...names];
  step('Building the addon', 'npx', args, ROOT);
  for (const part of ['index.js', 'lib', 'package.json']) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  }
  return directory;
}

/** @returns {string | undefined} an interpreter that has the vendor's SDK */
function installPython() {
  const directory = join(BENCH, '.python');
  const python = join(directory, 'bin', 'python');
  const has = () => {
    try {
      execFileSync(python, ['-c', 'import infinium'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (has()) return python;
  try {
    step("Installing the vendor's Python SDK", 'python3', ['-m', 'venv', directory], BENCH);
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', PYTHON_SDK], { stdio: 'ignore' });
  } catch {
    // Said below.
  }
  if (has()) return python;
  console.error(`Skipping the Python SDK: python3 with ${PYTHON_SDK} cannot be set up here.`);
  return undefined;
}

/**
 * @param {{ directory?: string, python: boolean }} wanted `directory` of a package that is built
 * @returns {{ sink: string, directory: string, python: string | undefined }}
 */
export function setUp({ directory, python }) {
  installRivals();
  return {
    sink: buildSink(),
    directory: directory ?? buildPackage(),
    python: python ? installPython() : undefined,
  };
}
