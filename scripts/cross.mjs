// Builds the binaries that are published, for this platform and others: `node scripts/cross.mjs [--try] [platform …]`.
//
// `here` is the platform of this machine; without names, every platform is built that can be built here.
// They go to target/binaries/<platform>/, from where scripts/pack.mjs takes them. With `--try`, it packs them, and sends
// a batch with the packages of each platform that can be run here, too.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ADDON_SOURCES, compilerFlags, hashSources } from './build.mjs';
import { commandsFor } from './emulation/commands.mjs';
import { glibcOf, OLDEST_GLIBC } from './glibc.mjs';
import { Missing } from './missing.mjs';
import { exitCodeOf, isMain, needRust, run, stop, target } from './run.mjs';
import { hasStandardLibrary } from './standard-library.mjs';
import { addonFile, localFile, TARGETS, targetHere } from './targets.mjs';
import { tryPackages } from './try-packages.mjs';
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
    const place = places[os];
    return `its linker and system libraries are only ${place}: the release workflow builds it there`;
  }
  if (hasStandardLibrary(triple)) return undefined;
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
  // Before, because they may change in these minutes.
  const sources = sourcesOfBinaries();
  if (!cargo(['--package', 'infinium-o2', '--lib'], open)) return false;
  if (!cargo(['--package', 'infinium-local'], whole)) return false;

  const from = path.join(target, triple, 'release');
  const to = path.join(binaries, platform);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  copyFileSync(path.join(from, LIBRARIES[os]), path.join(to, addonFile(platform)));
  copyFileSync(path.join(from, localFile(wanted)), path.join(to, localFile(wanted)));
  writeFileSync(path.join(to, 'sources.txt'), sources);
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

/**
 * Sends a batch with the packages of a platform.
 *
 * @param {Target} wanted
 * @returns {Promise<{ result: string, failed: boolean }>}
 */
async function tryBuilt(wanted) {
  console.log(`\nTrying the packages of ${wanted.platform}.`);
  try {
    await tryPackages(wanted, commandsFor(wanted), path.join(target, 'packages'));
    return { result: 'built, and has sent a batch', failed: false };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    if (error instanceof Missing)
      return { result: `built; not run here: ${message}`, failed: false };
    return { result: `built, but failed: ${message}`, failed: true };
  }
}

if (isMain(import.meta.url)) {
  needRust();
  const { values: options, positionals: names } = parseArgs({
    allowPositionals: true,
    options: { try: { type: 'boolean' } },
  });
  const results = wantedTargets(names).map((wanted) => {
    const obstacle = findObstacle(wanted);
    // What was named must be built; without names, only what can be.
    if (obstacle) return { wanted, result: `not built: ${obstacle}`, failed: names.length > 0 };
    const built = buildFor(wanted);
    return { wanted, built, result: built ? 'built' : 'failed: see above', failed: !built };
  });
  const built = results.filter((each) => each.built);
  if (options.try && built.length > 0) {
    run(process.execPath, ['scripts/pack.mjs']);
    for (const each of built) Object.assign(each, await tryBuilt(each.wanted));
  }
  console.log('');
  for (const { wanted, result } of results) console.log(`${wanted.platform}: ${result}`);
  process.exit(results.some(({ failed }) => failed) ? 1 : 0);
}
