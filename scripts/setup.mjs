// Makes everything that the tests and the demo need. Quick when there is nothing to do.
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildPackage } from './build.mjs';
import { isMain, needRust, root, run } from './run.mjs';

/** Installs the packages of package-lock.json, unless they are there. */
function installPackages() {
  const stamp = path.join(root, 'node_modules', '.installed');
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const isThere = statSync(stamp, { throwIfNoEntry: false });
  if (isThere && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing the packages that the tests and examples use.');
  // Not `npm ci`: that insists on packages of platforms which some registries do not carry.
  run('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error']);
  writeFileSync(stamp, wanted);
}

/** Installs the packages, and builds the package and the local platform. */
export function setup() {
  needRust();
  installPackages();
  buildPackage('quick');
  // In the profile of the tests, so that they need not build it again.
  run('cargo', ['build', '--quiet', '--package', 'infinium-local']);
}

if (isMain(import.meta.url)) setup();
