// Builds the addon and bundles the JavaScript: `node scripts/build.mjs [release | quick | missing]`.
//
// `release` is published; `quick` is for the tests and the demo. `missing` builds a release only if there is
// no working addon.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { installPackages } from './packages.mjs';
import { isMain, needRust, root, run, runTool, stop, target } from './run.mjs';

/** The files and folders that the addon is built from. */
const SOURCES = [
  'Cargo.toml',
  'Cargo.lock',
  'build.rs',
  'src',
  'package.json',
  'package-lock.json',
].concat(
  ['infinium-client', 'infinium-core'].flatMap((name) => [
    `crates/${name}/src`,
    `crates/${name}/Cargo.toml`,
  ]),
);

/** Records the sources and the profile of the addon that is here. */
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
 * Flags that keep the paths of this machine out of the addon.
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
    // Flags are separated by spaces.
    .filter(([place]) => !place.includes(' '))
    .map(([place, name]) => `--remap-path-prefix=${place}=${name}`);
  return [process.env.RUSTFLAGS ?? '', ...maps].join(' ').trim();
}

/**
 * Builds the addon and its loader, unless they are there and no source has changed.
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
 * Builds the addon and the bundle.
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

/** Whether the package can be loaded. */
function works() {
  return spawnSync(process.execPath, ['--eval', "require('.')"], { cwd: root }).status === 0;
}

if (isMain(import.meta.url)) {
  const wanted = process.argv[2] ?? 'release';
  installPackages();
  if (wanted === 'release' || wanted === 'quick') {
    buildPackage(wanted);
  } else if (wanted === 'missing') {
    bundle();
    if (!works()) buildAddon('release');
  } else {
    stop(`There is no build '${wanted}': release, quick or missing.`);
  }
}
