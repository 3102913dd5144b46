// Rust's standard library for other platforms.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** @returns {string} the folder of what Rust has for each platform */
function rustlib() {
  const { stdout } = spawnSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' });
  return path.join(stdout.trim(), 'lib', 'rustlib');
}

/**
 * Looks for it, and downloads it if it can.
 *
 * @param {string} triple
 * @returns {boolean} whether it is there
 */
export function hasStandardLibrary(triple) {
  const library = path.join(rustlib(), triple, 'lib');
  if (existsSync(library)) return true;
  spawnSync('rustup', ['target', 'add', triple], { stdio: 'inherit' });
  return existsSync(library);
}

/** Whether it can be compiled, for platforms for which it cannot be downloaded. */
export function hasItsSources() {
  return existsSync(path.join(rustlib(), 'src', 'rust', 'library', 'std'));
}
