// Builds the addon, and puts the JavaScript together: `node scripts/build.mjs [release | quick | missing]`.
//
// `release` is what is published, `quick` what the tests and the demo use. `missing` builds a release
// only if there is no addon here that works.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { isMain, needRust, root, run, runTool, stop, target } from './run.mjs';

/** What the addon is made of. */
const SOURCES = ['Cargo.toml', 'Cargo.lock', 'build.rs', 'src', 'crates/infinium-client/src'];
SOURCES.push('crates/infinium-client/Cargo.toml', 'package.json', 'package-lock.json');

/** Tells of which sources and how the addon was built that is here. */
const stamp = path.join(target, 'addon.stamp');

/** @returns {string[]} */
function addons() {
  return readdirSync(root).filter((file) => file.endsWith('.node'));
}

/**
 * @param {string} place within the repository
 * @returns {string[]} the files there
 */
function filesAt(place) {
  const absolute = path.join(root, place);
  if (!statSync(absolute).isDirectory()) return [place];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesAt(path.join(place, name)));
}

/** @param {string} profile */
function describeBuild(profile) {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesAt)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  const made = [...addons(), 'js-binding.js'].map((file) => {
    const known = statSync(path.join(root, file), { throwIfNoEntry: false });
    return `${file} ${known?.size} ${known?.mtimeMs}`;
  });
  return [profile, hash.digest('hex'), ...made].join('\n');
}

/**
 * Flags that keep the paths of this machine out of what is built.
 *
 * @returns {string}
 */
function flags() {
  const cargo = process.env.CARGO_HOME ?? path.join(homedir(), '.cargo');
  const places = [
    [homedir(), '/home'],
    [cargo, '/cargo'],
    [root, '/infinium-o2'],
  ];
  const maps = places
    // The flags are divided at spaces.
    .filter(([place]) => !place.includes(' '))
    .map(([place, name]) => `--remap-path-prefix=${place}=${name}`);
  return [process.env.RUSTFLAGS ?? '', ...maps].join(' ').trim();
}

/**
 * Builds the addon and its loader, unless they are there and nothing has changed.
 *
 * @param {'release' | 'quick'} profile
 */
function buildAddon(profile) {
  const before = describeBuild(profile);
  const known = statSync(stamp, { throwIfNoEntry: false }) ? readFileSync(stamp, 'utf8') : '';
  if (addons().length > 0 && before === known) return;
  needRust();
  console.log(`Building the addon (${profile}); the first time this takes a few minutes.`);
  const loader = ['--js', 'js-binding.js', '--dts', 'js-binding.d.ts'];
  const args = ['build', '--platform', '--profile', profile, ...loader];
  runTool('napi', args, { RUSTFLAGS: flags() });
  mkdirSync(target, { recursive: true });
  writeFileSync(stamp, describeBuild(profile));
}

/**
 * Builds everything the package is made of.
 *
 * @param {'release' | 'quick'} profile
 */
export function buildPackage(profile) {
  bundle();
  buildAddon(profile);
}

function bundle() {
  run(process.execPath, ['scripts/bundle.mjs']);
}

/** Whether the package works as it is. */
function works() {
  return spawnSync(process.execPath, ['--eval', "require('.')"], { cwd: root }).status === 0;
}

if (isMain(import.meta.url)) {
  const wish = process.argv[2] ?? 'release';
  if (wish === 'release' || wish === 'quick') {
    buildPackage(wish);
  } else if (wish === 'missing') {
    bundle();
    if (!works()) buildAddon('release');
  } else {
    stop(`There is no build '${wish}': release, quick or missing.`);
  }
}
