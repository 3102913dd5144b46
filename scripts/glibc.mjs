// Which glibc a binary needs.
import { readFileSync } from 'node:fs';

/** The glibc of the oldest systems that Node.js 18 can run on. */
export const OLDEST_GLIBC = '2.17';

/**
 * @param {string} file
 * @returns {string} the newest glibc whose symbols it names
 */
export function glibcOf(file) {
  const named = readFileSync(file, 'latin1').matchAll(/GLIBC_(\d+\.\d+)/g);
  const versions = [...new Set([...named].map(([, version]) => version))];
  const inOrder = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return inOrder.at(-1) ?? 'none';
}
