// How the addon is found, and the errors of a program that cannot load it.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { useDirectory } from '../support/use';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const built = readdirSync(root).find((file) => file.endsWith('.node')) as string;
const here = built.split('.')[1];
const musl = `linux-${process.arch}-musl`;

const directory = useDirectory();
/** Where programs are, and node_modules. */
let folder: string;
/** The installed package, without an addon. */
let installed: string;

beforeEach(() => {
  folder = directory.path;
  installed = path.join(folder, 'node_modules', 'infinium-o2');
  mkdirSync(path.join(installed, 'dist'), { recursive: true });
  copyFileSync(path.join(root, 'dist/index.js'), path.join(installed, 'dist/index.js'));
  copyFileSync(path.join(root, 'package.json'), path.join(installed, 'package.json'));
});

/** Installs the package of a platform, with this as its addon. */
function installAddon(addon: 'works' | 'broken' | 'older', platform = here, place = folder) {
  const file = `infinium-o2.${platform}.node`;
  const name = `@infinium-o2/${platform}`;
  const target = path.join(place, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  if (addon === 'works') copyFileSync(path.join(root, built), path.join(target, file));
  else if (addon === 'broken') writeFileSync(path.join(target, file), 'no library');
  else writeFileSync(path.join(target, 'old.js'), "exports.VERSION = '0.9.0';");
  const main = addon === 'older' ? 'old.js' : file;
  writeFileSync(path.join(target, 'package.json'), JSON.stringify({ name, main }));
  return target;
}

/** What a program gets that needs the addon: the version of the package, or what a client throws. */
async function load(before = '', env: NodeJS.ProcessEnv = {}, flags: string[] = []) {
  const code = `${before}
    const { InfiniumClient, VERSION } = require('infinium-o2');
    try {
      new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });
      console.log(JSON.stringify({ version: VERSION }));
    } catch ({ name, message, cause: { cause } }) {
      console.log(JSON.stringify({ name, message, cause: cause && { code: cause.code, message: cause.message } }));
    }`;
  writeFileSync(path.join(folder, 'program.cjs'), code);
  const { INFINIUM_ADDON_PATH: _, ...inherited } = process.env;
  const options = { cwd: folder, env: { ...inherited, INFINIUM_REQUIRE_NATIVE: '1', ...env } };
  const { stdout } = await run(process.execPath, [...flags, 'program.cjs'], options);
  return JSON.parse(stdout);
}

/** Code that makes Node.js report another platform. */
function pretend(platform: string, arch: string): string {
  return `Object.defineProperty(process, 'platform', { value: '${platform}' });
    Object.defineProperty(process, 'arch', { value: '${arch}' });`;
}

const loaded = { version: require('../../package.json').version };

describe('the addon', () => {
  it('comes from the package of the platform', async () => {
    installAddon('works');
    expect(await load()).toEqual(loaded);
  });

  it('is found next to the package without resolving its name, which takes long', async () => {
    installAddon('works');
    const fail = "require('node:module').createRequire = () => { throw new Error('not needed'); };";
    expect(await load(fail)).toEqual(loaded);
  });

  it('is found within the package, where npm puts it if another version is above', async () => {
    installAddon('older');
    installAddon('works', here, installed);
    expect(await load()).toEqual(loaded);
  });

  it('is found from the program if the package does not know where it is', async () => {
    const target = path.join(directory.path, 'bundled');
    mkdirSync(target);
    copyFileSync(path.join(installed, 'dist/index.js'), path.join(target, 'bundle.js'));
    installAddon('works');
    const bundle = JSON.stringify(path.join(target, 'bundle.js'));
    const asModule = `(0, eval)(\`(process, exports, module, require) => {
        \${require('fs').readFileSync(${bundle})}
      }\`)(process, {}, { exports: {} }, require);
      console.log(JSON.stringify({ version: 'loaded' })); process.exit();`;
    expect(await load(asModule)).toEqual({ version: 'loaded' });
  });

  it('is never taken from the working directory, which anyone may have filled', async () => {
    installAddon('works', here, path.join(folder, 'elsewhere'));
    const before = `process.chdir(${JSON.stringify(path.join(folder, 'elsewhere'))});`;
    expect((await load(before)).message).toContain('cannot be loaded');
  });

  it('may be the one that was built in the repository', async () => {
    copyFileSync(path.join(root, built), path.join(installed, built));
    expect(await load()).toEqual(loaded);
  });

  it('is the file that the environment names, also relative to the working directory', async () => {
    copyFileSync(path.join(root, built), path.join(folder, 'mine.node'));
    const names = ['mine.node', path.join(folder, 'mine.node')];
    for (const INFINIUM_ADDON_PATH of names) {
      expect(await load('', { INFINIUM_ADDON_PATH })).toEqual(loaded);
    }
  });

  it('is no other than the file that the environment names', async () => {
    installAddon('works');
    const { message, cause } = await load('', { INFINIUM_ADDON_PATH: 'absent.node' });
    expect(message).toContain('- INFINIUM_ADDON_PATH=absent.node: Cannot find module');
    expect(cause.code).toBe('MODULE_NOT_FOUND');
  });

  it('is the one that a bundler packed into the program', async () => {
    const addon = JSON.stringify(path.join(root, built));
    const before = `globalThis[Symbol.for('infinium-o2.embedded')] = require(${addon});`;
    expect(await load(before)).toEqual(loaded);
  });
});

// Two packages may fit on Linux only.
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('loads the addon for musl if that for glibc does not load', async () => {
  installAddon('broken');
  installAddon('works', musl);
  expect(await load()).toEqual(loaded);
});

describe('without an addon', () => {
  it('says what is missing, for which platforms there is one, and what to do', async () => {
    const error = await load(pretend('linux', 'x64'));
    expect(error.name).toBe('InfiniumError');
    expect(error.message).toMatch(
      /^The native addon of infinium-o2 cannot be loaded on linux x64\.$/m,
    );
    expect(error.message).toContain("- @infinium-o2/linux-x64-gnu: Cannot find module '@inf");
    expect(error.message).toContain('- @infinium-o2/linux-x64-musl: Cannot find module');
    expect(error.message).toContain('install infinium-o2 again');
    expect(error.message).toContain('glibc 2.17 or newer, or musl');
    expect(error.message).toContain('infinium-o2/embedded');
    expect(error.message.match(/linux-x64-gnu/g)).toHaveLength(2);
    expect(error.cause.code).toBe('MODULE_NOT_FOUND');
  });

  it.each([
    ['darwin', 'arm64', 'darwin-arm64'],
    ['win32', 'x64', 'win32-x64-msvc'],
    ['freebsd', 'x64', 'freebsd-x64'],
  ])('says which addon would be that of %s on %s', async (platform, arch, name) => {
    const { message } = await load(pretend(platform, arch));
    expect(message).toContain(`cannot be loaded on ${platform} ${arch}.`);
    expect(message).toContain(`- @infinium-o2/${name}: Cannot find module`);
  });

  onLinux('repeats what the system says of an addon that does not load', async () => {
    const target = installAddon('broken');
    const { message, cause } = await load();
    expect(cause.code).toBe('ERR_DLOPEN_FAILED');
    expect(message).toContain(`- @infinium-o2/${here}: ${cause.message}`);
    expect(cause.message).toContain(path.join(target, built));
  });

  it('says which version the addon has if it is another', async () => {
    installAddon('older');
    const { message, cause } = await load();
    const difference = `it is version 0.9.0, and infinium-o2 is version ${loaded.version}`;
    expect(message).toContain(`- @infinium-o2/${here}: ${difference}`);
    expect(cause.message).toBe(difference);
  });

  it('says so of an addon in the program, too', async () => {
    installAddon('works');
    const before = "globalThis[Symbol.for('infinium-o2.embedded')] = { VERSION: '0.9.0' };";
    expect((await load(before)).message).toContain('- infinium-o2/embedded: it is version 0.9.0');
  });

  it('says what to allow when Node.js loads no addons', async () => {
    installAddon('works');
    const { message, cause } = await load('', {}, ['--no-addons']);
    expect(cause.code).toBe('ERR_DLOPEN_DISABLED');
    expect(message).toContain('--allow-addons');
    expect(message).not.toContain('install infinium-o2 again');
  });
});

it('loads again where its module was thrown away, as test runners do', async () => {
  symlinkSync(path.join(root, built), path.join(installed, built));
  const before = `const options = { agentId: 'an-agent', agentSecret: 'a-secret-of-tests' };
    const first = require('infinium-o2');
    const kept = new first.InfiniumClient(options);
    for (const file of Object.keys(require.cache)) delete require.cache[file];
    new (require('infinium-o2').InfiniumClient)(options).stats();
    kept.stats();`;
  expect(await load(before)).toEqual(loaded);
});
