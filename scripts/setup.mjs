// Installs and builds what the tests and the demo need. Takes about a second if nothing changed.
import { existsSync } from 'node:fs';
import { buildPackage } from './build.mjs';
import { installPackages } from './packages.mjs';
import { localPlatform } from './platform.mjs';
import { isMain, needRust, run } from './run.mjs';

/** Installs the packages, and builds the package and the local platform. */
export function setup() {
  needRust();
  installPackages();
  buildPackage('quick');
  if (!existsSync(localPlatform)) {
    console.log('Building the local platform; the first time this takes a few minutes.');
  }
  // In the profile of the tests, so that they use the same build.
  run('cargo', ['build', '--quiet', '--package', 'infinium-local']);
}

if (isMain(import.meta.url)) setup();
