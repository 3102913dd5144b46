// Installs and builds what a run needs, unless it is already there.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../../scripts/packages.mjs';
import { needRust } from '../../scripts/run.mjs';

export const BENCH = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(BENCH, '..');
const PYTHON_SDK = 'infinium-o2==1.2.0';

/**
 * @param {string} what a description for the user
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

/** Installs the rivals' packages, as locked. */
function installRivals() {
  const installed = join(BENCH, 'node_modules', '.package-lock.json');
  const lock = join(BENCH, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  step('Installing the rivals', 'npm', ['ci', '--ignore-scripts'], BENCH);
}

/**
 * @param {string} name of a package of this workspace
 * @returns {string} its binary
 */
export function buildBinary(name) {
  const target = join(BENCH, 'target');
  const args = ['build', '--release', '--quiet', '--package', name, '--target-dir', target];
  step(`Building ${name}`, 'cargo', args, BENCH);
  return join(target, 'release', name);
}

/**
 * Builds the addon as it is published, and copies the package, so that all rounds measure the same build
 * even if tests build another in the meantime.
 *
 * @returns {string} a directory with the package as a user has it
 */
function buildPackage() {
  const directory = join(BENCH, '.package');
  installPackages();
  step('Building the addon', process.execPath, ['scripts/build.mjs', 'release'], ROOT);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const addons = readdirSync(ROOT).filter((file) => file.endsWith('.node'));
  for (const part of ['dist', 'package.json', ...addons]) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  }
  return directory;
}

/** @returns {string | undefined} a Python interpreter with the vendor's SDK; undefined without Python */
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
    // Reported below.
  }
  if (has()) return python;
  console.error(`Skipping the Python SDK: python3 with ${PYTHON_SDK} cannot be set up here.`);
  return undefined;
}

/**
 * @param {{ directory?: string, python: boolean }} options `directory` of a package that is already built
 * @returns {{ sink: string, directory: string, python: string | undefined }}
 */
export function setUp({ directory, python }) {
  needRust();
  installRivals();
  return {
    sink: buildBinary('infinium-bench-sink'),
    directory: directory ?? buildPackage(),
    python: python ? installPython() : undefined,
  };
}
