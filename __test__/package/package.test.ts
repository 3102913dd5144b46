// What is published: packed, installed into an empty directory without a network, and used there.
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { useServer } from '../support/use';
import { batch } from './types/documented';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const windows = process.platform === 'win32';
const names = Object.keys(jest.requireActual('infinium-o2'));

let directory: string;
let installed: string;
/** Paths within the package, with slashes. */
let shipped: string[];

/** npm, without its settings from a surrounding `npm test`. */
function npm(args: string[], cwd: string) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return run('npm', args, { cwd, env: Object.fromEntries(inherited), shell: windows });
}

/** Runs a program in the directory where the package is installed; resolves to what it printed. */
async function node(file: string, code: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  writeFileSync(path.join(directory, file), code);
  const options = { cwd: directory, env: { ...process.env, ...env }, timeout: 20_000 };
  const { stdout, stderr } = await run(process.execPath, [file], options);
  return stdout + stderr;
}

beforeAll(async () => {
  if (!readdirSync(root).some((file) => file.endsWith('.node'))) {
    throw new Error('the addon is missing, and a package without it is none: npm run build:quick');
  }
  directory = mkdtempSync(path.join(tmpdir(), 'infinium-package-'));
  const tarballs = path.join(directory, 'tarballs');
  mkdirSync(tarballs);
  await npm(['pack', '--pack-destination', tarballs], root);
  writeFileSync(path.join(directory, 'package.json'), '{ "private": true }');
  const [tarball] = readdirSync(tarballs);
  const quiet = ['--offline', '--no-audit', '--no-fund'];
  await npm(['install', ...quiet, path.join(tarballs, tarball)], directory);
  installed = path.join(directory, 'node_modules', 'infinium-o2');
  shipped = (readdirSync(installed, { recursive: true }) as string[])
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => statSync(path.join(installed, file)).isFile());
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the package', () => {
  it('holds what users need and nothing else', () => {
    const addons = shipped.filter((file) => file.endsWith('.node'));
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md'];
    const code = ['dist/index.js', 'index.d.ts', 'js-binding.js', 'package.json'];
    expect(addons).toHaveLength(1);
    const docs = readdirSync(path.join(root, 'docs')).map((file) => `docs/${file}`);
    const all = [...texts, ...docs, 'bench/cost.svg', ...code, ...addons];
    expect([...shipped].sort()).toEqual(all.sort());
  });

  it('has what its texts link to, but for what they say is in the repository', () => {
    const elsewhere = ['CONTRIBUTING.md', 'bench/README.md', 'crates/', 'examples'];
    const dead = shipped
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...readFileSync(path.join(installed, file), 'utf8').matchAll(/\]\(([^)#\s]+)/g)]
          .map(([, link]) => link)
          .filter((link) => !/^https?:/.test(link))
          .map((link) => path.posix.join(path.posix.dirname(file), link)),
      )
      .filter((link) => !shipped.includes(link))
      .filter((link) => !elsewhere.some((place) => link.startsWith(place)));
    expect(dead).toEqual([]);
  });

  it('needs no newer glibc than the README says', () => {
    const [, promised] = /glibc (2\.\d+) or newer/.exec(
      readFileSync(path.join(installed, 'README.md'), 'utf8'),
    ) as RegExpExecArray;
    const minor = (version: string) => Number(version.split('.')[1]);
    const needed = shipped
      .filter((file) => file.endsWith('-gnu.node'))
      .flatMap((file) => [
        ...readFileSync(path.join(installed, file), 'latin1').matchAll(/GLIBC_(2\.\d+)/g),
      ])
      .map(([, version]) => minor(version));
    expect(Math.max(0, ...needed)).toBeLessThanOrEqual(minor(promised));
  });

  it('needs no other package, and runs nothing when it is installed', () => {
    const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
      expect(manifest[field] ?? {}).toEqual({});
    }
    for (const script of ['preinstall', 'install', 'postinstall']) {
      expect(manifest.scripts ?? {}).not.toHaveProperty(script);
    }
    expect(readdirSync(path.dirname(installed)).filter((name) => !name.startsWith('.'))).toEqual([
      'infinium-o2',
    ]);
  });

  it('contains no path of the machine that built it', () => {
    const paths = [root, homedir(), process.env.CARGO_HOME].filter(Boolean) as string[];
    const telling = shipped.filter((file) => {
      const bytes = readFileSync(path.join(installed, file));
      return paths.some((place) => bytes.includes(`${place}${path.sep}`));
    });
    expect(telling).toEqual([]);
  });
});

describe('a program that installed it', () => {
  it('gets everything with require', async () => {
    const code = "console.log(JSON.stringify(Object.keys(require('infinium-o2'))))";
    expect(JSON.parse(await node('all.cjs', code))).toEqual(names);
  });

  it('sees everything under its own name', async () => {
    const code = `const all = Object.entries(require('infinium-o2'));
      console.log(JSON.stringify(all.filter(([name, { name: own = name }]) => name !== own)));`;
    expect(JSON.parse(await node('names.cjs', code))).toEqual([]);
  });

  it('gets everything with named imports', async () => {
    const list = names.join(', ');
    const code = `import { ${list} } from 'infinium-o2';
      console.log(JSON.stringify(Object.entries({ ${list} }).filter(([, value]) => value === undefined)));`;
    expect(JSON.parse(await node('all.mjs', code))).toEqual([]);
  });

  it('gets the same classes with require and import', async () => {
    const code = `import { createRequire } from 'node:module';
      import { InfiniumError, ConfigurationError, InfiniumClient } from 'infinium-o2';
      const required = createRequire(import.meta.url)('infinium-o2');
      try { new required.InfiniumClient({ agentId: '' }); } catch (error) {
        console.log(error instanceof InfiniumError, error instanceof ConfigurationError);
      }
      console.log(required.InfiniumClient === InfiniumClient);`;
    expect(await node('same.mjs', code)).toBe('true true\ntrue\n');
  });

  it('can look up its package.json', async () => {
    const code =
      "console.log(require('infinium-o2/package.json').version, require('infinium-o2').VERSION)";
    const [manifest, version] = (await node('version.cjs', code)).trim().split(' ');
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(manifest).toBe(version);
  });

  it('sees nothing happen when it imports it', async () => {
    const code = `
      const before = [Object.keys(globalThis), process.getActiveResourcesInfo(), process.eventNames()];
      require('infinium-o2');
      const after = [Object.keys(globalThis), process.getActiveResourcesInfo(), process.eventNames()];
      console.log(JSON.stringify(before) === JSON.stringify(after) || JSON.stringify({ before, after }));`;
    expect(await node('quiet.cjs', code)).toBe('true\n');
  });

  it('compiles under strict rules', async () => {
    const code = `import { InfiniumClient, type TaskData } from 'infinium-o2';
      const tasks: TaskData[] = [];
      export const sent: Promise<number> = new InfiniumClient().sendBatch(tasks).then((r) => r.failedTasks);`;
    writeFileSync(path.join(directory, 'strict.mts'), code);
    const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const rules = ['--strict', '--skipLibCheck', 'false', '--lib', 'es2022', '--types', ''];
    const args = [
      tsc,
      '--noEmit',
      ...rules,
      '--module',
      'nodenext',
      '--target',
      'es2022',
      'strict.mts',
    ];
    const compiled = run(process.execPath, args, { cwd: directory }).catch(({ stdout }) => ({
      stdout,
    }));
    expect((await compiled).stdout).toBe('');
  });
});

describe('the documented program', () => {
  const server = useServer();

  const usage = `
const client = new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });
const documents = ['One', 'Two'].map((title) => ({
  title, summary: 'Short.', duration: 0.5, usage: { prompt_tokens: 3, completion_tokens: 2 } }));
${batch}`;
  const sending = `
const result = await client.sendBatch(tasks);
console.log(\`Sent \${result.successfulTasks}/\${result.totalTasks} traces\`);
`;

  it.each([
    [
      'an ES module',
      'usage.mjs',
      `import { InfiniumClient } from 'infinium-o2';${usage}${sending}`,
    ],
    [
      'a CommonJS module',
      'usage.cjs',
      `const { InfiniumClient } = require('infinium-o2');${usage}(async () => {${sending}})();`,
    ],
  ])('sends its batch and ends by itself as %s', async (_kind, file, code) => {
    const env = { INFINIUM_BASE_URL: server.url };
    expect(await node(file, code, env)).toBe('Sent 2/2 traces\n');
    expect(server.bodies.map((body) => body.name)).toEqual(['Summarize: One', 'Summarize: Two']);
  });
});
