// Builds the WebAssembly module that runs where no addon loads: `node scripts/build-wasm.mjs [--check]`.
//
// The module is committed, because few machines can build it: it needs the sources of Rust's standard library
// (`rustup component add rust-src`), which is built with it, for its size. A lock file of its own leaves out Unicode
// tables that would make up a quarter of the module: JavaScript converts the names of hosts (`lib/fallback`).
//
// `--check` builds it again and compares, if the compiler is the same. Otherwise it says that it was skipped, and
// whether sources have changed since.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { filesAt } from './build.mjs';
import { isMain, root, run, stop, target } from './run.mjs';

const CRATES = ['infinium-core', 'infinium-client', 'infinium-wasm'];
const built = path.join(root, 'lib', 'fallback', 'core.wasm');
/** What the module was built from, and with which compiler. */
const record = path.join(root, 'lib', 'fallback', 'core.json');
const triple = 'wasm32-unknown-unknown';

/** The files and folders that the module is built from. */
const SOURCES = CRATES.flatMap((name) => [
  `crates/${name}/Cargo.toml`,
  `crates/${name}/src`,
]).concat('crates/infinium-wasm/Cargo.lock');

/** Code that is not in the module. */
const ELSEWHERE = /(^|\/)(tests|simulation|transport|spool|reads)(\/|\.rs$)|_tests(\/|\.rs$)/;

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesAt).map((file) => file.replaceAll('\\', '/'))) {
    if (ELSEWHERE.test(file) && !file.includes('/hosted/')) continue;
    const text = readFileSync(path.join(root, file), 'utf8');
    // The tests of a file are at its end.
    hash.update(`${file}\0${text.split('#[cfg(test)]\nmod tests')[0]}\0`);
  }
  return hash.digest('hex');
}

const rustc = process.env.RUSTC ?? 'rustc';

/** @param {string[]} args */
function ask(...args) {
  const { status, stdout } = spawnSync(rustc, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

/** The compiler, as it describes itself, apart from the machine that it runs on. */
function compiler() {
  const lines = ask('-vV').split('\n');
  return lines.filter((line) => /^(rustc|LLVM) /.test(line)).join(', ');
}

function hasSources() {
  const library = path.join(ask('--print', 'sysroot'), 'lib/rustlib/src/rust/library/Cargo.lock');
  return existsSync(library);
}

/**
 * Lays out a workspace with nothing but these crates. Cargo mixes the absolute paths of crates outside of the workspace
 * into the names in a program, whose order depends on them.
 *
 * @param {string} folder
 */
function layOut(folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const name of CRATES) {
    const crate = path.join('crates', name);
    cpSync(path.join(root, crate, 'src'), path.join(folder, crate, 'src'), { recursive: true });
    const manifest = readFileSync(path.join(root, crate, 'Cargo.toml'), 'utf8');
    // The lock file has nothing that only tests need.
    const needed = manifest.replace(/^\[dev-dependencies\]\n(?:.+\n)*/m, '');
    writeFileSync(path.join(folder, crate, 'Cargo.toml'), needed);
  }
  const ours = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  const inherited = ours.slice(ours.indexOf('[workspace.package]'), ours.indexOf('\n[package]'));
  const workspace = '[workspace]\nresolver = "3"\nmembers = ["crates/infinium-wasm"]\n\n';
  writeFileSync(path.join(folder, 'Cargo.toml'), workspace + inherited);
  copyFileSync(
    path.join(root, 'crates', 'infinium-wasm', 'Cargo.lock'),
    path.join(folder, 'Cargo.lock'),
  );
}

/** @param {string} out where the module is written */
function build(out) {
  const directory = path.join(target, 'wasm');
  const workspace = path.join(directory, 'workspace');
  layOut(workspace);
  const cargo = process.env.CARGO_HOME ?? path.join(homedir(), '.cargo');
  const places = [
    [workspace, '/infinium-o2'],
    [cargo, '/cargo'],
    [ask('--print', 'sysroot'), '/rust'],
  ];
  const flags = places.map(([place, name]) => `--remap-path-prefix=${place}=${name}`);
  run(
    'cargo',
    ['build', '--release', '--locked', '--quiet', '--target', triple, '--target-dir', directory]
      .concat('--package', 'infinium-wasm')
      .concat('--manifest-path', path.join(workspace, 'Cargo.toml'))
      .concat('-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size'),
    {
      // The standard library is built with options that are not stable yet.
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS: [...flags, '-Zunstable-options', '-Cpanic=immediate-abort'].join(' '),
      CARGO_PROFILE_RELEASE_OPT_LEVEL: 'z',
      CARGO_PROFILE_RELEASE_LTO: 'fat',
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '1',
      CARGO_PROFILE_RELEASE_PANIC: 'abort',
      CARGO_PROFILE_RELEASE_STRIP: 'symbols',
    },
  );
  writeFileSync(out, readFileSync(path.join(directory, triple, 'release', 'infinium_wasm.wasm')));
}

/** @param {string} file */
function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * Compares the module with its sources.
 *
 * @returns {string[]} problems
 */
export function checkWasm() {
  const known = JSON.parse(readFileSync(record, 'utf8'));
  if (known.module !== hashOf(built)) {
    return ['lib/fallback/core.wasm is not the module that core.json describes.'];
  }
  if (compiler() !== known.compiler || !hasSources()) {
    console.log(`SKIPPED: the module is not built again, because that takes ${known.compiler}`);
    console.log('and the sources of its standard library (rustup component add rust-src).');
    if (hashOfSources() !== known.sources) {
      console.log(
        'NOTE: its sources have changed since it was built. Before a release, build it again.',
      );
    }
    return [];
  }
  const place = mkdtempSync(path.join(tmpdir(), 'infinium-wasm-'));
  try {
    const again = path.join(place, 'core.wasm');
    build(again);
    if (hashOf(again) === known.module) return [];
    return ['lib/fallback/core.wasm is not what its sources make: run node scripts/build-wasm.mjs'];
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Whether the module is built from the sources as they are. */
export function isCurrent() {
  return JSON.parse(readFileSync(record, 'utf8')).sources === hashOfSources();
}

if (isMain(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const problems = checkWasm();
    if (problems.length > 0) stop(problems.join('\n'));
  } else {
    if (!hasSources()) {
      stop(`${compiler() || rustc} has no sources of its library: rustup component add rust-src`);
    }
    build(built);
    const described = { compiler: compiler(), sources: hashOfSources(), module: hashOf(built) };
    writeFileSync(record, `${JSON.stringify(described, null, 2)}\n`);
  }
}
