// Builds the addon and bundles the JavaScript: `node scripts/build.mjs [release | quick]`.
//
// `quick` is for the tests and the demo. `release` is as fast as what is published, which scripts/cross.mjs builds.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { installPackages } from './packages.mjs';
import { isMain, needRust, root, run, runTool, stop, target } from './run.mjs';

/** The files and folders that the addon is compiled from. */
export const ADDON_SOURCES = ['Cargo.toml', 'Cargo.lock', 'build.rs', 'src'].concat(
  ['infinium-client', 'infinium-core'].flatMap((name) => [
    `crates/${name}/src`,
    `crates/${name}/Cargo.toml`,
  ]),
);

/** What else decides how it is built here. */
const TOOLS = ['package.json', 'package-lock.json'];

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
export function filesAt(place) {
  const absolute = path.join(root, place);
  if (!statSync(absolute).isDirectory()) return [place];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesAt(path.join(place, name)));
}

/**
 * @param {string[]} places files and folders within the repository
 * @returns {string} the same for the same contents on every machine
 */
export function hashSources(places) {
  const hash = createHash('sha256');
  for (const file of places.flatMap(filesAt)) {
    // Git writes other ends of lines on Windows.
    const text = readFileSync(path.join(root, file), 'latin1').replaceAll('\r\n', '\n');
    hash.update(`${file.split(path.sep).join('/')}\0${text}\0`);
  }
  return hash.digest('hex');
}

/** @param {string} profile */
function describeBuild(profile) {
  const made = [...addons(), 'js-binding.d.ts'].map((file) => {
    const known = statSync(path.join(root, file), { throwIfNoEntry: false });
    return `${file} ${known?.size} ${known?.mtimeMs}`;
  });
  return [profile, hashSources([...ADDON_SOURCES, ...TOOLS]), ...made].join('\n');
}

/**
 * Flags that keep the paths of this machine out of the addon.
 *
 * @returns {string}
 */
export function compilerFlags() {
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
 * Builds the addon and its types, unless they are there and no source has changed.
 *
 * @param {'release' | 'quick'} profile
 */
function buildAddon(profile) {
  const before = describeBuild(profile);
  const known = statSync(stamp, { throwIfNoEntry: false }) ? readFileSync(stamp, 'utf8') : '';
  if (addons().length > 0 && before === known) return;
  needRust();
  console.log(`Building the addon (${profile}); the first time this takes a few minutes.`);
  // lib/bridge/native.ts loads it, so no loader is generated.
  const args = ['build', '--platform', '--no-js', '--dts', 'js-binding.d.ts', '--profile', profile];
  runTool('napi', args, { RUSTFLAGS: compilerFlags() });
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

if (isMain(import.meta.url)) {
  const wanted = process.argv[2] ?? 'release';
  installPackages();
  if (wanted === 'release' || wanted === 'quick') {
    buildPackage(wanted);
  } else {
    stop(`There is no build '${wanted}': release or quick.`);
  }
}
