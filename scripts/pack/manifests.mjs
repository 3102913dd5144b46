// What the package.json of each published package says.
//
// The platform packages are named only here, in what is packed, and not in the package.json of the repository: the
// repository must use the addon that is built in it and no published one, and `npm ci` could not install packages
// that are not published yet.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root, version } from '../run.mjs';
import { addonFile, addonPackage, localFile, localPackage, TARGETS } from '../targets.mjs';

/** The licences of the third-party code in a package. */
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** @typedef {import('../targets.mjs').Target} Target */

const ours = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** The fields that all packages have. */
function common() {
  const { license, engines } = ours;
  return { version, license, ...repository(), engines, publishConfig: { access: 'public' } };
}

/** Where the release was built, if it was built in a public place: npm compares it with the provenance. */
function repository() {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  if (!server || !name) return {};
  const page = `${server}/${name}`;
  return {
    homepage: `${page}#readme`,
    bugs: { url: `${page}/issues` },
    repository: { type: 'git', url: `git+${page}.git` },
  };
}

/** @param {(platform: string) => string} nameOf */
function optional(nameOf) {
  return Object.fromEntries(TARGETS.map(({ platform }) => [nameOf(platform), version]));
}

/** @param {Target} target */
function onlyOn({ os, cpu, libc }) {
  return { os: [os], cpu: [cpu], ...(libc ? { libc: [libc] } : {}) };
}

/** infinium-o2: what it is in the repository, without what only the repository needs. */
export function mainManifest() {
  const { private: _, scripts, devDependencies, napi, license, engines, ...rest } = ours;
  const files = [...ours.files, NOTICES];
  return { ...rest, ...common(), files, optionalDependencies: optional(addonPackage) };
}

/** @param {Target} target */
export function addonManifest(target) {
  const { platform } = target;
  return {
    name: addonPackage(platform),
    description: `The addon of infinium-o2 for ${platform}.`,
    ...common(),
    ...onlyOn(target),
    main: addonFile(platform),
    type: 'commonjs',
    files: [addonFile(platform), NOTICES],
    preferUnplugged: true,
  };
}

/** infinium-local: a program that starts the binary of the platform. */
export function localManifest() {
  return {
    name: 'infinium-local',
    description: 'A local Infinium platform for examples, tests and development.',
    keywords: ['infinium', 'llm', 'agents', 'testing', 'mock'],
    ...common(),
    type: 'module',
    bin: { 'infinium-local': 'infinium-local.mjs' },
    files: ['infinium-local.mjs'],
    optionalDependencies: optional(localPackage),
  };
}

/** @param {Target} target */
export function localBinaryManifest(target) {
  const { platform } = target;
  return {
    name: localPackage(platform),
    description: `The program of infinium-local for ${platform}.`,
    ...common(),
    ...onlyOn(target),
    type: 'commonjs',
    files: [localFile(target), NOTICES],
    preferUnplugged: true,
  };
}
