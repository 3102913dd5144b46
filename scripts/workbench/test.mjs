// Tests the page of the local platform in a browser: `npm run test:workbench [files]`.
//
// CHROMIUM names the browser, by default one that is installed. Where there is none, Debian's is installed if that is
// possible; otherwise the tests are skipped, and say so.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { installPackages } from '../packages.mjs';
import { isMain, needRust, root, run } from '../run.mjs';

const FOLDER = 'crates/infinium-local/e2e';
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function findBrowser() {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return existsSync(CHROMIUM) ? CHROMIUM : undefined;
  return PATH.split(path.delimiter)
    .flatMap((place) => BROWSERS.map((name) => path.join(place, name)))
    .find((file) => existsSync(file));
}

/** Installs Debian's browser, if this is Debian and the user may. */
function installBrowser() {
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', args, { stdio: 'inherit' }).status === 0;
  if (process.getuid?.() !== 0) return;
  console.log('Installing Chromium, which these tests need.');
  if (apt('update', '-qq')) apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
}

if (isMain(import.meta.url)) {
  if (!findBrowser()) installBrowser();
  const browser = findBrowser();
  if (!browser) {
    console.error('\n*** SKIPPED: the tests of the page need Chromium, and there is none. ***');
    console.error('Install it, or set CHROMIUM to the path of a browser.\n');
    console.log('0 passed, 0 failed, 1 skipped');
    process.exit(0);
  }
  needRust();
  installPackages(FOLDER);
  run('cargo', ['build', '--quiet', '--package', 'infinium-local']);
  const wanted = process.argv.slice(2);
  const folder = path.join(root, FOLDER);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.e2e.mjs'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .map((file) => path.join(folder, file));
  run(process.execPath, ['--test', '--test-concurrency=1', ...files], { CHROMIUM: browser });
}
