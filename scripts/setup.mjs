// Makes everything that the tests and the demo need. Quick when there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { needRust, root, run } from './run.mjs';

const STAMP = `${root}node_modules/.installed`;

/** Installs the packages of package-lock.json, unless they are there. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  // Not `npm ci`: that insists on packages of platforms which some registries do not carry.
  run('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error']);
  writeFileSync(STAMP, lock);
}

/** Builds the addon and the local platform; cargo knows whether there is anything to do. */
export function setup() {
  needRust();
  installPackages();
  run('npx', ['napi', 'build', '--platform', '--profile', 'quick', ...BINDING]);
  run('cargo', ['build', '--quiet', '--package', 'infinium-local']);
}

/** Where the generated loader goes. */
const BINDING = ['--js', 'js-binding.js', '--dts', 'js-binding.d.ts'];

if (process.argv[1] === new URL(import.meta.url).pathname) setup();
