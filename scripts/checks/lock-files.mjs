// Checks that `npm ci` works with the lock files on every platform and with every registry.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../run.mjs';

/** @returns {string[]} one line for each problem */
export function checkLockFiles() {
  const folders = [
    '',
    'bench/',
    '__test__/vendors/',
    '__test__/secrets/',
    'crates/infinium-local/e2e/',
  ];
  return folders.flatMap((folder) => {
    const file = `${folder}package-lock.json`;
    /** @type {Record<string, { resolved?: string, optionalDependencies?: Record<string, string> }>} */
    const packages = JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
    const entries = Object.entries(packages);
    const names = new Set(entries.map(([place]) => place.split('node_modules/').at(-1)));
    const named = entries
      .filter(([, { resolved }]) => resolved !== undefined)
      .map(([place]) => `${file}: ${place} has \`resolved\`, which names a registry`);
    // npm leaves the packages of other platforms out where node_modules exists (npm/cli#4828).
    const missing = entries.flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !names.has(name))
        .map((name) => `${file}: ${name}, an optional package of ${place}, has no entry`),
    );
    const advice =
      'To repair it, run `npm install --package-lock-only` in a copy without node_modules.';
    return named.length + missing.length > 0 ? [...named, ...missing, advice] : [];
  });
}
