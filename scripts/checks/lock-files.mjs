// Checks that `npm ci` works with the lock files on every platform and with every registry.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findExamples } from '../frameworks.mjs';
import { root } from '../run.mjs';

/** @typedef {Record<string, { resolved?: string, link?: boolean, optionalDependencies?: Record<string, string> }>} Packages */

const LOCK_FILES = [
  '.',
  'bench',
  'consumers/quick',
  'consumers/full',
  'consumers/frameworks',
  ...findExamples().map((name) => `examples/${name}`),
  '__test__/frameworks/node',
  '__test__/providers',
  '__test__/secrets',
  '__test__/vendors',
  'crates/infinium-local/e2e',
].map((folder) => path.posix.join(folder, 'package-lock.json'));

const ADVICE =
  'To repair it, run `npm install --package-lock-only` in a copy without node_modules.';

/** @returns {string[]} one line for each problem */
export function checkLockFiles() {
  return LOCK_FILES.flatMap((file) => {
    const { packages } = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
    return findProblems(file, packages);
  });
}

/**
 * @param {string} file
 * @param {Packages} packages by path, such as `node_modules/jest`
 * @returns {string[]} one line for each problem
 */
export function findProblems(file, packages) {
  const entries = Object.entries(packages);
  // A link leads to a folder beside the lock file.
  const named = entries
    .filter(([, { resolved, link }]) => resolved !== undefined && !link)
    .map(([place]) => `${file}: ${place} has \`resolved\`, which names a registry`);
  // npm leaves the packages of other platforms out where node_modules exists (npm/cli#4828).
  const missing = entries.flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesFor(name, place).some((each) => each in packages))
      .map((name) => `${file}: ${name}, an optional package of ${place || 'this'}, has no entry`),
  );
  const problems = [...named, ...missing];
  return problems.length > 0 ? [...problems, ADVICE] : [];
}

/**
 * @param {string} name
 * @param {string} from the path of the package that needs it
 * @returns {string[]} the paths where Node.js looks for it
 */
function placesFor(name, from) {
  const parts = from.split(/\/?node_modules\//);
  return parts.map((_, index) =>
    [...parts.slice(0, parts.length - index), name].join('/node_modules/').replace(/^\//, ''),
  );
}
