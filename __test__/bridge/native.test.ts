// The errors of a program that cannot load the addon.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { useDirectory } from '../support/use';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const addon = 'infinium-o2.linux-x64-gnu.node';

const directory = useDirectory();
let folder: string;
beforeEach(() => {
  folder = directory.path;
  mkdirSync(path.join(folder, 'dist'));
  for (const file of ['dist/index.js', 'js-binding.js', 'package.json']) {
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
});

/** What `require` of the package throws in a process of its own. */
async function failure(before = '', flags: string[] = []) {
  const code = `${before}
    try { require(${JSON.stringify(folder)}); console.log('null'); }
    catch (error) {
      const { name, message, cause } = error;
      console.log(JSON.stringify({ name, message, cause: cause && { code: cause.code, message: cause.message } }));
    }`;
  const { NAPI_RS_NATIVE_LIBRARY_PATH: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, [...flags, '--eval', code], { env });
  return JSON.parse(stdout);
}

/** Code that makes Node.js report another platform. */
function pretend(platform: string, arch: string): string {
  return `Object.defineProperty(process, 'platform', { value: '${platform}' });
    Object.defineProperty(process, 'arch', { value: '${arch}' });`;
}

const BUILT_FOR = 'built for Linux on x86-64 with glibc 2.34 or newer';

it('says that of the platform that package.json has the addon built for', () => {
  const { napi } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(napi.targets).toEqual(['x86_64-unknown-linux-gnu']);
  expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('glibc 2.34 or newer');
});

it('says what is missing, where it would run, and what to do, when there is no addon', async () => {
  const error = await failure(pretend('linux', 'x64'));
  expect(error.name).toBe('Error');
  expect(error.message).toContain(`Cannot find module '../${addon}'`);
  expect(error.message).toContain(BUILT_FOR);
  expect(error.message).toContain('this is linux on x64');
  expect(error.message).toContain('npm install && npm run build');
  expect(error.message).not.toContain('optional dependencies');
  expect(error.cause.code).toBe('MODULE_NOT_FOUND');
});

it('says on which platform it is when that is another one', async () => {
  const error = await failure(pretend('darwin', 'arm64'));
  expect(error.message).toContain(BUILT_FOR);
  expect(error.message).toContain('this is darwin on arm64');
  expect(error.message).toContain('npm install && npm run build');
  expect(error.message).not.toContain('optional dependencies');
  expect(error.cause).toBeDefined();
});

// The system's loader has a useful message only on the platform that the addon was built for.
const here = readdirSync(root).includes(addon) && process.platform === 'linux';
const onLinux = here ? it : it.skip;

onLinux('repeats what the system says of an addon that does not load', async () => {
  writeFileSync(path.join(folder, addon), 'no library');
  const { message, cause } = await failure();
  expect(cause.code).toBe('ERR_DLOPEN_FAILED');
  expect(message).toContain(cause.message);
  expect(message).toContain(path.join(folder, addon));
});

onLinux('says what to allow when Node.js loads no addons', async () => {
  copyFileSync(path.join(root, addon), path.join(folder, addon));
  expect(await failure()).toBeNull();
  const { message, cause } = await failure('', ['--no-addons']);
  expect(cause.code).toBe('ERR_DLOPEN_DISABLED');
  expect(message).toContain('--allow-addons');
  expect(message).not.toContain('npm run build');
});
