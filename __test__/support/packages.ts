// What is published: packed as the tests build it, and installed from a registry on this machine.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');

export interface Packages {
  /** Where the package is installed, and where programs run. */
  directory: string;
  /** The tarballs, the bills of materials, and `folders` with what was packed. */
  tarballs: string;
  /** The registry's URL. */
  registry: string;
  /** The environment without the settings of a surrounding npm and of this package. */
  env: NodeJS.ProcessEnv;
  /** Runs a program in the directory; resolves to what it printed. */
  node(file: string, code: string, env?: NodeJS.ProcessEnv): Promise<string>;
  /** Paths of the files of an installed package, with slashes. */
  shipped(name: string): string[];
}

/** Packs and installs a package before the tests of a file. */
export function usePackages(name: 'infinium-o2' | 'infinium-local'): Packages {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|INFINIUM_)/i.test(key)),
  );
  const shared = { env } as Packages;
  let stopRegistry: () => void = () => {};

  beforeAll(async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'infinium-package-'));
    const tarballs = path.join(directory, 'packages');
    mkdirSync(tarballs);
    const args = ['scripts/pack.mjs', '--quick', '--to', tarballs, name];
    await run(process.execPath, args, { cwd: root, env });

    const registry = spawn(process.execPath, ['scripts/registry.mjs', tarballs], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    stopRegistry = () => registry.stdin.end();
    const [line] = await once(createInterface({ input: registry.stdout }), 'line');
    const { url } = JSON.parse(line);

    writeFileSync(path.join(directory, 'package.json'), '{ "private": true }');
    const quiet = ['--no-audit', '--no-fund', '--registry', url];
    // With a cache of its own, because the same version has other contents in each run.
    const cache = ['--cache', path.join(directory, 'cache')];
    const shell = process.platform === 'win32';
    await run('npm', ['install', ...quiet, ...cache, name], { cwd: directory, env, shell });
    Object.assign(shared, { directory, tarballs, registry: url });
  }, 240_000);

  afterAll(() => {
    stopRegistry();
    rmSync(shared.directory, { recursive: true, force: true });
  });

  return Object.assign(shared, {
    node: async (file: string, code: string, more: NodeJS.ProcessEnv = {}) => {
      writeFileSync(path.join(shared.directory, file), code);
      const options = { cwd: shared.directory, env: { ...env, ...more }, timeout: 20_000 };
      const { stdout, stderr } = await run(process.execPath, [file], options);
      return stdout + stderr;
    },
    shipped: (installed: string) => {
      const folder = path.join(shared.directory, 'node_modules', installed);
      return (readdirSync(folder, { recursive: true }) as string[])
        .map((file) => file.split(path.sep).join('/'))
        .filter((file) => statSync(path.join(folder, file)).isFile());
    },
  });
}
