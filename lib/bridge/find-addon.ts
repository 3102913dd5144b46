// Finds the addon where it is not next to the package, and keeps the reasons of failures.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { folder } from '../folder';
import type { Failure } from './cannot-load';

type Addon = typeof import('../../js-binding');

/** Loads the addon of the entry `infinium-o2/embedded`, or the file that the environment names, and no other. */
export function loadChosen(
  chosen: Addon | string,
  version: string,
  failures: Failure[],
): Addon | undefined {
  if (typeof chosen !== 'string') {
    return attempt('infinium-o2/embedded', () => chosen, version, failures);
  }
  const file = resolve(chosen);
  return attempt(
    `INFINIUM_ADDON_PATH=${chosen}`,
    () => createRequire(file)(file),
    version,
    failures,
  );
}

/** Loads the first addon that fits from a package, or from a build of the repository. */
export function search(
  platforms: string[],
  version: string,
  failures: Failure[],
): Addon | undefined {
  for (const from of places()) {
    const load = createRequire(from);
    for (const platform of platforms) {
      // A build of the repository is next to dist/. A published package has no such file.
      const built = resolve(from, `../../infinium-o2.${platform}.node`);
      const name = existsSync(built) ? built : `@infinium-o2/${platform}`;
      const addon = attempt(name, () => load(name), version, failures);
      if (addon) return addon;
    }
  }
  return undefined;
}

/**
 * Where to look from: from this file; and from the program, because a bundle may not know its own file. Not from the
 * working directory, which anyone may have filled.
 */
function places(): string[] {
  return [folder && resolve(folder, 'index.js'), process.argv[1]]
    .filter((place) => place !== undefined)
    .filter(isAbsolute);
}

/** Loads an addon. It must have the version of this package, because each only works with the other. */
function attempt(
  name: string,
  load: () => Addon,
  version: string,
  failures: Failure[],
): Addon | undefined {
  try {
    const addon = load();
    if (addon.VERSION === version) return addon;
    const difference = `it is version ${addon.VERSION}, and infinium-o2 is version ${version}`;
    failures.push({ name, error: new Error(difference) });
  } catch (error) {
    failures.push({ name, error });
  }
  return undefined;
}
