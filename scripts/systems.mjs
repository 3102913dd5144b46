// Checks the Rust and its tests for systems that are not here: `node scripts/systems.mjs [triple …]`.
//
// It links nothing, so it needs no library of the system: Zig has the headers of C that ring and SQLite include.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exitCodeOf, needRust, stop, target } from './run.mjs';
import { hasItsSources, hasStandardLibrary } from './standard-library.mjs';
import { installZig } from './zig.mjs';

// Zig has no headers of the compiler of Windows, so this is not the target that is published.
const SYSTEMS = ['x86_64-pc-windows-gnu', 'aarch64-apple-darwin'];

/** @returns {string} a folder with the file that the build script of napi looks for; only a linker would read it */
function emptyLibnode() {
  const folder = path.join(target, 'libnode');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'libnode.dll'), '');
  return folder;
}

/** @param {string} triple @returns {boolean} whether it found no problem */
function check(triple) {
  const env = { ...installZig(), LIBNODE_PATH: emptyLibnode() };
  const args = ['--workspace', '--all-targets', '--locked', '--quiet', '--target', triple];
  if (!hasStandardLibrary(triple)) {
    if (!hasItsSources()) stop(`Install the standard library: rustup target add ${triple}`);
    args.push('-Zbuild-std=std,panic_unwind');
    Object.assign(env, { RUSTC_BOOTSTRAP: '1' });
  }
  console.log(`Checking for ${triple}; this takes a few minutes.`);
  return exitCodeOf('cargo-zigbuild', ['clippy', ...args, '--', '-D', 'warnings'], env) === 0;
}

needRust();
const triples = process.argv.length > 2 ? process.argv.slice(2) : SYSTEMS;
const failed = triples.filter((triple) => !check(triple));
if (failed.length > 0) stop(`It does not compile without warnings for: ${failed.join(', ')}`);
