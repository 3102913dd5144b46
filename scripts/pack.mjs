// Packs what is published into tarballs: `node scripts/pack.mjs [options] [package …]`.
//
// Packages are infinium-o2 and infinium-local, with those of their binaries. Default: both.
//
// By default it packs the binaries that scripts/cross.mjs has built from the sources that are here. `--complete` is
// for a release: the binaries of all platforms must be there. `--quick` packs the addon and the local platform that
// are built for the tests. With it and with `--fill`, platforms without binaries get empty packages: some package
// managers do not install infinium-o2 where one of its optional dependencies is in no registry. They go to
// target/packages/: tarballs, bills of materials, and index.json, which has the manifests in the order in which the
// packages are published.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import bundle from './bundle.mjs';
import { binaries, sourcesOfBinaries } from './cross.mjs';
import {
  stageAddon,
  stageEmpty,
  stageIn,
  stageLocal,
  stageLocalBinary,
  stageMain,
} from './pack/stage.mjs';
import { localPlatform } from './platform.mjs';
import { root, run, stop, target } from './run.mjs';
import { addonFile, localFile, TARGETS, targetHere } from './targets.mjs';

/** @typedef {{ target: import('./targets.mjs').Target, addon: string, local: string }} Built */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    complete: { type: 'boolean' },
    fill: { type: 'boolean' },
    to: { type: 'string', default: path.join(target, 'packages') },
  },
});

/** @returns {Built[]} what the tests use, without building it */
function findQuick() {
  const here = targetHere() ?? stop(`There are no packages for ${process.platform}.`);
  const addon = path.join(root, addonFile(here.platform));
  const missing = [addon, localPlatform].filter((file) => !existsSync(file));
  if (missing.length > 0) stop(`Build ${missing.join(' and ')} first: node scripts/setup.mjs`);
  return [{ target: here, addon, local: localPlatform }];
}

/** @returns {Built[]} */
function findBuilt() {
  const sources = sourcesOfBinaries();
  return TARGETS.flatMap((each) => {
    const folder = path.join(binaries, each.platform);
    const stamp = path.join(folder, 'sources.txt');
    const advice = `node scripts/cross.mjs ${each.platform}`;
    if (!existsSync(stamp)) {
      if (options.complete) stop(`There is no binary for ${each.platform}: ${advice}`);
      return [];
    }
    if (readFileSync(stamp, 'utf8') !== sources) {
      const problem = `The binaries for ${each.platform} are of other sources: ${advice}`;
      if (options.complete) stop(problem);
      console.warn(problem);
      return [];
    }
    const addon = path.join(folder, addonFile(each.platform));
    return [{ target: each, addon, local: path.join(folder, localFile(each)) }];
  });
}

/**
 * @param {{ name: string, version: string }} manifest
 * @returns {string} the file that npm makes of it
 */
function tarballOf({ name, version }) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

/** @param {string} name */
function wants(name) {
  return positionals.length === 0 || positionals.includes(name);
}

await bundle();
const built = options.quick ? findQuick() : findBuilt();
const to = path.resolve(options.to);
mkdirSync(to, { recursive: true });
for (const name of readdirSync(to)) {
  if (/\.(tgz|cdx\.json)$/.test(name)) rmSync(path.join(to, name));
}
stageIn(path.join(to, 'folders'));
if (options.fill && !built.some((each) => each.target === targetHere())) {
  stop('There is no binary for this machine: node scripts/cross.mjs here');
}
const fill = options.quick || options.fill;
const platforms = built.map((each) => each.target.platform);
const empty = fill ? TARGETS.filter(({ platform }) => !platforms.includes(platform)) : [];
// In the order in which they are published: what others need comes first.
const packages = [
  ...empty.flatMap(stageEmpty),
  ...(wants('infinium-o2')
    ? [...built.map((each) => stageAddon(each.target, each.addon)), stageMain()]
    : []),
  ...(wants('infinium-local')
    ? [...built.map((each) => stageLocalBinary(each.target, each.local)), stageLocal()]
    : []),
];
const folders = packages.map(({ folder }) => folder);
run('npm', ['pack', '--silent', '--pack-destination', to, ...folders]);
const index = packages.map(({ folder, sbom }) => {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = tarballOf(manifest);
  if (sbom) {
    const bill = path.join(to, file.replace(/tgz$/, 'cdx.json'));
    writeFileSync(bill, `${JSON.stringify(sbom, null, 2)}\n`);
  }
  return { file, manifest };
});
writeFileSync(path.join(to, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
const packed = platforms.join(', ') || 'no platform';
console.log(`\nPacked into ${path.relative(root, to)}, with binaries for: ${packed}.`);
