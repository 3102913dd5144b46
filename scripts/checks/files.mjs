// The files that the checks of the sources read.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, stop } from '../run.mjs';

/** Texts and generated files, which follow no rule of the project. */
const EXEMPT = [
  /^fixtures\//,
  /^examples\/documents\//,
  /^js-binding\.d\.ts$/,
  /(^|\/)(package-lock\.json|Cargo\.lock|LICENSE)$/,
  /\.(svg|wasm)$/,
];

/**
 * @returns {{ file: string, text: string }[]} the files that people write: those of Git and new ones,
 *   without the exempt
 */
export function readSources() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) stop(`git ls-files failed, and the checks need it: ${stderr}`);
  return [...new Set(stdout.split('\0'))]
    .filter((file) => file !== '' && !EXEMPT.some((exempt) => exempt.test(file)))
    .filter((file) => existsSync(path.join(root, file)))
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));
}
