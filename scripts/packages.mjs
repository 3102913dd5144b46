// Installs the packages that the scripts, tests and examples use.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, run, stop } from './run.mjs';

/**
 * @typedef {{ version: string, integrity: string, optional?: boolean }} Entry one package of a lock file
 *
 * @param {string} file within the repository
 * @returns {Record<string, Entry>} by path, such as `node_modules/jest`
 */
function readLock(file) {
  const { packages } = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  return packages;
}

/**
 * Compares package-lock.json with the copy that npm keeps of what it installed. An optional package may
 * be missing, because most are for other platforms; no package may have another version.
 *
 * @param {string} folder within the repository
 * @returns {string[]} paths of the packages to install
 */
function findOutdated(folder) {
  const copy = path.join(folder, 'node_modules/.package-lock.json');
  const installed = existsSync(path.join(root, copy)) ? readLock(copy) : {};
  return Object.entries(readLock(path.join(folder, 'package-lock.json')))
    .filter(([place, wanted]) => {
      if (place === '') return false;
      const found = existsSync(path.join(root, folder, place)) ? installed[place] : undefined;
      return found ? found.integrity !== wanted.integrity : !wanted.optional;
    })
    .map(([place]) => place);
}

/** Installs the packages of package-lock.json in a folder of the repository, unless they are installed. */
export function installPackages(folder = '.') {
  // Where all packages are optional, none is missing before they are installed.
  const isInstalled = existsSync(path.join(root, folder, 'node_modules'));
  if (isInstalled && findOutdated(folder).length === 0) return;
  console.log('Installing the packages that the tests and examples use.');
  // With NODE_ENV=production, npm would leave out the packages for development.
  const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel', 'error'];
  run('npm', ['ci', '--prefix', path.join(root, folder), ...options]);
  const missing = findOutdated(folder);
  if (missing.length > 0) stop(`npm ci succeeded but did not install: ${missing.join(', ')}.`);
}
