// Makes everything that the tests and the demo need. Quick when there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildPackage } from './build.mjs';
import { localPlatform } from './platform.mjs';
import { isMain, needRust, root, run, stop } from './run.mjs';

/** @returns {string[]} the packages of package.json that are not there */
function missingPackages() {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return Object.keys(devDependencies).filter(
    (name) => !existsSync(path.join(root, 'node_modules', name, 'package.json')),
  );
}

/** Installs the packages of package-lock.json, unless they are there. */
function installPackages() {
  const stamp = path.join(root, 'node_modules', '.installed');
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const known = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (known === wanted && missingPackages().length === 0) return;
  console.log('Installing the packages that the tests and examples use.');
  // Not `npm ci`: that insists on packages of platforms which some registries do not carry.
  const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error'];
  // With NODE_ENV=production npm would leave out all of them.
  run('npm', ['install', '--include=dev', '--no-save', ...quiet]);
  const missing = missingPackages();
  if (missing.length > 0) {
    stop(`npm install went well, and yet ${missing.join(', ')} is not in node_modules.`);
  }
  writeFileSync(stamp, wanted);
}

/** Installs the packages, and builds the package and the local platform. */
export function setup() {
  needRust();
  installPackages();
  buildPackage('quick');
  if (!existsSync(localPlatform)) {
    console.log('Building the local platform; the first time this takes a few minutes.');
  }
  // In the profile of the tests, so that they need not build it again.
  run('cargo', ['build', '--quiet', '--package', 'infinium-local']);
}

if (isMain(import.meta.url)) setup();
