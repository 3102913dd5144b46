import { version } from '../../package.json';
import { folder } from '../folder';
import { choose } from './backend';
import type { Failure } from './cannot-load';

type Addon = typeof import('../../js-binding');

/** The native addon. Only the addon defines the numbers of its enums. */
export const {
  Abortable,
  DroppedFor,
  EventKind,
  hideSecrets,
  LogLevel,
  NativeClient,
  VERSION,
}: Addon = choose(load);
export type Abortable = import('../../js-binding').Abortable;
export type DroppedFor = import('../../js-binding').DroppedFor;
export type EventKind = import('../../js-binding').EventKind;
export type LogLevel = import('../../js-binding').LogLevel;
export type NativeBatch = import('../../js-binding').NativeBatch;
export type NativeClient = import('../../js-binding').NativeClient;

function load(): Addon {
  const embedded = Reflect.get(globalThis, Symbol.for('infinium-o2.embedded'));
  const chosen = process.env.INFINIUM_ADDON_PATH || embedded;
  const near = chosen ? undefined : loadNear();
  if (near) return near;
  const failures: Failure[] = [];
  const { loadChosen, search } = require('./find-addon') as typeof import('./find-addon');
  const found = chosen
    ? loadChosen(chosen, version, failures)
    : search(platforms(), version, failures);
  if (found) return found;
  throw (require('./cannot-load') as typeof import('./cannot-load')).cannotLoad(failures);
}

/**
 * Loads the addon from where package managers put it, next to this package; or from a build of the repository.
 * Finding the package as `require` does takes longer than loading it, so that is left to the search, which
 * also explains failures.
 */
function loadNear(): Addon | undefined {
  if (folder === undefined) return undefined;
  for (const platform of platforms()) {
    const file = `infinium-o2.${platform}.node`;
    for (const place of [`../../@infinium-o2/${platform}`, '..']) {
      const module = { exports: {} as Addon };
      try {
        process.dlopen(module, `${folder}/${place}/${file}`);
      } catch {
        continue;
      }
      if (module.exports.VERSION === version) return module.exports;
    }
  }
  return undefined;
}

/** The addons that may fit, the more common first. On Linux, only loading one tells which C library is there. */
function platforms(): string[] {
  const { platform, arch } = process;
  if (platform === 'linux') return [`linux-${arch}-gnu`, `linux-${arch}-musl`];
  return [platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`];
}
