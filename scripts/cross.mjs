// Builds the binaries that are published, for this platform and others: `node scripts/cross.mjs [platform …]`.
//
// `here` is the platform of this machine; without arguments, every platform is built that can be built here.
// They go to target/binaries/<platform>/, from where scripts/pack.mjs takes them.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ADDON_SOURCES, compilerFlags, hashSources } from './build.mjs';
import { glibcOf, OLDEST_GLIBC } from './glibc.mjs';
import { exitCodeOf, isMain, needRust, stop, target } from './run.mjs';
import { addonFile, localFile, TARGETS, targetHere } from './targets.mjs';
import { installZig } from './zig.mjs';

/** @typedef {import('./targets.mjs').Target} Target */

/** Where the binaries are, in a folder for each platform. */
export const binaries = path.join(target, 'binaries');

/** @returns {string} a hash that tells whether binaries are those of the sources that are here */
export function sourcesOfBinaries() {
  const local = ['src', 'Cargo.toml'].map((name) => `crates/infinium-local/${name}`);
  return hashSources([...ADDON_SOURCES, ...local]);
}

/** What cargo calls the addon. */
const LIBRARIES = {
  linux: 'libinfinium_o2.so',
  darwin: 'libinfinium_o2.dylib',
  win32: 'infinium_o2.dll',
};

/** The oldest macOS that Node.js 18 runs on. */
const MACOS = { x64: '10.15', arm64: '11.0' };

/**
 * @param {Target} wanted
 * @returns {string | undefined} why it cannot be built here; undefined if it can
 */
function findObstacle({ os, triple }) {
  if (os !== process.platform) {
    const places = { linux: 'on Linux', darwin: 'on a Mac', win32: 'on Windows' };
    return `its linker and system libraries are only ${places[os]}: build it there`;
  }
  const { stdout } = spawnSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' });
  const library = path.join(stdout.trim(), 'lib', 'rustlib', triple, 'lib');
  if (existsSync(library)) return undefined;
  spawnSync('rustup', ['target', 'add', triple], { stdio: 'inherit' });
  if (existsSync(library)) return undefined;
  return `Rust has no standard library for it here, and \`rustup target add ${triple}\` failed`;
}

/**
 * @param {Target} wanted
 * @returns {boolean} whether it succeeded
 */
function buildFor(wanted) {
  const { platform, os, cpu, triple, libc } = wanted;
  const zig = os === 'linux';
  const env = {
    ...(zig ? installZig() : {}),
    ...(os === 'darwin' ? { MACOSX_DEPLOYMENT_TARGET: MACOS[cpu] } : {}),
  };
  const goal = libc === 'glibc' ? `${triple}.${OLDEST_GLIBC}` : triple;
  /**
   * @param {string[]} what
   * @param {string} flags of the compiler
   */
  const cargo = (what, flags) => {
    const args = [zig ? 'zigbuild' : 'build', '--release', '--locked', '--target', goal, ...what];
    const RUSTFLAGS = `${compilerFlags()} ${flags}`.trim();
    return exitCodeOf('cargo', args, { ...env, RUSTFLAGS }) === 0;
  };
  // On Windows both contain the C runtime, which not every machine has. For musl, only the program can.
  const whole = os === 'win32' || libc === 'musl' ? '-C target-feature=+crt-static' : '';
  const open = libc === 'musl' ? '-C target-feature=-crt-static' : whole;
  console.log(`\nBuilding for ${platform}; this takes a few minutes.`);
  if (!cargo(['--package', 'infinium-o2', '--lib'], open)) return false;
  if (!cargo(['--package', 'infinium-local'], whole)) return false;

  const from = path.join(target, triple, 'release');
  const to = path.join(binaries, platform);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  copyFileSync(path.join(from, LIBRARIES[os]), path.join(to, addonFile(platform)));
  copyFileSync(path.join(from, localFile(wanted)), path.join(to, localFile(wanted)));
  writeFileSync(path.join(to, 'sources.txt'), sourcesOfBinaries());
  return libc !== 'glibc' || needsOnlyOldGlibc(wanted);
}

/** @param {Target} wanted */
function needsOnlyOldGlibc({ platform, ...rest }) {
  const files = [addonFile(platform), localFile({ platform, ...rest })];
  return files.every((file) => {
    const newest = glibcOf(path.join(binaries, platform, file));
    console.log(`${platform}/${file} needs glibc ${newest}.`);
    if (newest.localeCompare(OLDEST_GLIBC, 'en', { numeric: true }) <= 0) return true;
    console.error(`It must not need more than ${OLDEST_GLIBC}.`);
    return false;
  });
}

/** @param {string[]} names */
function wantedTargets(names) {
  if (names.length === 0) return TARGETS;
  return names.map((name) => {
    const known =
      name === 'here' ? targetHere() : TARGETS.find(({ platform }) => platform === name);
    return (
      known ?? stop(`There is no platform '${name}': ${TARGETS.map((each) => each.platform)}.`)
    );
  });
}

if (isMain(import.meta.url)) {
  needRust();
  const names = process.argv.slice(2);
  const results = wantedTargets(names).map((wanted) => {
    const obstacle = findObstacle(wanted);
    const result = obstacle ?? (buildFor(wanted) ? 'built' : 'failed: see above');
    return { platform: wanted.platform, obstacle, result };
  });
  console.log('');
  for (const { platform, obstacle, result } of results) {
    console.log(`${platform}: ${obstacle ? `not built: ${result}` : result}`);
  }
  // What was named must be built; without names, only what can be.
  const failed = results.some(({ obstacle, result }) =>
    obstacle ? names.length > 0 : result !== 'built',
  );
  process.exit(failed ? 1 : 0);
}
