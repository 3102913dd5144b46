// Zig and cargo-zigbuild, which link for an old glibc, for musl and for other processors. Both come from PyPI.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, stop, target } from './run.mjs';

const PACKAGES = ['ziglang==0.17.1', 'cargo-zigbuild==0.24.1'];

const folder = path.join(target, 'zig');
const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
const stamp = path.join(folder, 'packages.txt');

/** @returns {NodeJS.ProcessEnv} in which `cargo zigbuild` works */
export function installZig() {
  installPython();
  return { PATH: `${bin}${path.delimiter}${process.env.PATH}` };
}

/**
 * Installs the two into target/, unless they are there.
 *
 * @returns {string} the program of Python in whose environment they are
 */
export function installPython() {
  const program = path.join(bin, 'python');
  const wanted = PACKAGES.join('\n');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    const python = ['python3', 'python'].find(
      (name) => spawnSync(name, ['--version']).status === 0,
    );
    if (!python) stop('Building for other systems needs Python 3 with venv and pip.');
    console.log('Installing Zig and cargo-zigbuild.');
    mkdirSync(target, { recursive: true });
    run(python, ['-m', 'venv', '--clear', folder]);
    run(program, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
    writeFileSync(stamp, wanted);
  }
  return program;
}
