import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The packages among these that a program finds, with their versions.
 *
 * @param names of packages
 * @param from the folder of the program
 */
export function findPackages(names: readonly string[], from: string): string[] {
  return names.flatMap((name) => {
    for (let folder = from; ; folder = path.dirname(folder)) {
      const version = versionIn(path.join(folder, 'node_modules', name, 'package.json'));
      if (version) return [`${name} ${version}`];
      if (folder === path.dirname(folder)) return [];
    }
  });
}

function versionIn(file: string): string | undefined {
  try {
    return String(JSON.parse(readFileSync(file, 'utf8')).version);
  } catch {
    return undefined;
  }
}
