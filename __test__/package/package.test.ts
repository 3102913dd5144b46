// What is published: packed, installed from a registry into an empty directory, and used there.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { usePackages } from '../support/packages';
import { useServer } from '../support/use';
import { batch } from './types/documented';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const names = Object.keys(jest.requireActual('infinium-o2'));
const built = readdirSync(root).find((file) => file.endsWith('.node')) as string;
const addonPackage = `@infinium-o2/${built.split('.')[1]}`;

const packages = usePackages('infinium-o2');
const { node, shipped } = packages;

/** The text of a file of an installed package. */
function read(name: string, file: string): string {
  return readFileSync(path.join(packages.directory, 'node_modules', name, file), 'utf8');
}

function manifestOf(name: string) {
  return JSON.parse(read(name, 'package.json'));
}

const PLATFORMS = [
  'linux-x64-gnu',
  'linux-x64-musl',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64-msvc',
  'win32-arm64-msvc',
];

/** The names of the subpaths for frameworks. */
function integrations(): string[] {
  const folders = readdirSync(path.join(root, 'lib', 'frameworks'));
  return folders.filter((name) => name !== 'common');
}

/** Documents that are not packed. */
const OF_THE_REPOSITORY = ['ARCHITECTURE', 'RELIABILITY', 'WIRE', 'consumers', 'fleets'].map(
  (name) => `docs/${name}.md`,
);

describe('the package', () => {
  it('holds what users need and nothing else, and no addon', () => {
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'].concat(
      'THIRD-PARTY-NOTICES.txt',
    );
    const entries = ['dist/index.js', 'dist/index.mjs', 'dist/fallback.js', 'dist/cli.js'].concat(
      'embedded.js',
      'package.json',
    );
    const types = ['index.d.ts', 'index.d.mts', 'embedded.d.ts'];
    const docs = readdirSync(path.join(root, 'docs'))
      .map((file) => `docs/${file}`)
      .filter((file) => !OF_THE_REPOSITORY.includes(file));
    const perIntegration = integrations().flatMap((name) => [
      `dist/${name}.js`,
      `dist/${name}.mjs`,
      `frameworks/${name}.d.ts`,
      ...(name === 'register' ? ['dist/register-hooks.mjs'] : [`frameworks/${name}.d.mts`]),
    ]);
    const common = ['dist/frameworks.js', 'dist/frameworks.mjs'];
    const all = [...texts, ...docs, 'bench/cost.svg', ...entries, ...types];
    all.push(...perIntegration, ...common);
    expect(shipped('infinium-o2').sort()).toEqual(all.sort());
  });

  it('is small, with what stands in for the addon and the licences of that', () => {
    const { version } = manifestOf('infinium-o2');
    const { size } = statSync(path.join(packages.tarballs, `infinium-o2-${version}.tgz`));
    expect(size).toBeLessThan(400_000);
    const notices = read('infinium-o2', 'THIRD-PARTY-NOTICES.txt');
    expect(notices).toMatch(/^tokio-util /m);
    expect(notices).not.toMatch(/^rustls |^hyper /m);
  });

  it('has integrations that are small each, as a web server would send them', () => {
    const files = ['frameworks', ...integrations()].map((name) => `dist/${name}.js`);
    const sizes = files.map((file) => {
      return { file, bytes: gzipSync(read('infinium-o2', file), { level: 9 }).length };
    });
    expect(sizes.length).toBeGreaterThan(8);
    expect(sizes.filter(({ bytes }) => bytes >= 10_000)).toEqual([]);
  });

  it('has what its texts link to, but for what they say is in the repository', () => {
    const elsewhere = ['CONTRIBUTING.md', 'bench/README.md', 'crates/', 'examples'].concat(
      OF_THE_REPOSITORY,
    );
    const files = shipped('infinium-o2');
    const dead = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...read('infinium-o2', file).matchAll(/\]\(([^)#\s]+)/g)]
          .map(([, link]) => link)
          .filter((link) => !/^https?:/.test(link))
          .map((link) => path.posix.join(path.posix.dirname(file), link)),
      )
      .filter((link) => !files.includes(link))
      .filter((link) => !elsewhere.some((place) => link.startsWith(place)));
    expect(dead).toEqual([]);
  });

  it('needs the addons of its own version and nothing else', () => {
    const manifest = manifestOf('infinium-o2');
    const { version, optionalDependencies } = manifest;
    const expected = PLATFORMS.map((platform) => [`@infinium-o2/${platform}`, version]);
    expect(optionalDependencies).toEqual(Object.fromEntries(expected));
    expect(manifest).not.toHaveProperty('dependencies');
    const optional = Object.keys(manifest.peerDependencies).map((name) => [
      name,
      { optional: true },
    ]);
    expect(manifest.peerDependenciesMeta).toEqual(Object.fromEntries(optional));
    expect(manifest).not.toHaveProperty('devDependencies');
    const installed = path.join(packages.directory, 'node_modules');
    const found = readdirSync(installed).filter((name) => !name.startsWith('.'));
    expect(found.sort()).toEqual(['@infinium-o2', 'infinium-o2']);
    expect(readdirSync(path.join(installed, '@infinium-o2'))).toEqual([
      path.basename(addonPackage),
    ]);
  });

  it('has no string that goes on in the next line, which a bundler would indent', () => {
    const code = shipped('infinium-o2').filter((file) => /^dist\/.*\.m?js$/.test(file));
    expect(code.filter((file) => /\\\n/.test(read('infinium-o2', file)))).toEqual([]);
  });

  it('knows the same names of addons in each entry', () => {
    const named = (file: string) => [
      ...new Set(
        Array.from(
          read('infinium-o2', file).matchAll(/'@infinium-o2\/(.+?)'/g),
          ([, name]) => name,
        ),
      ),
    ];
    expect(named('embedded.js')).toEqual(PLATFORMS);
    expect(named('dist/index.js')).toEqual(PLATFORMS);
  });

  it('has a command', async () => {
    const command = path.join(packages.directory, 'node_modules', '.bin', 'infinium-o2');
    const { stdout } = await run(command, ['--version'], { shell: process.platform === 'win32' });
    expect(stdout).toBe(`${manifestOf('infinium-o2').version}\n`);
  });

  it('runs nothing when it is installed', () => {
    expect(manifestOf('infinium-o2')).not.toHaveProperty('scripts');
    expect(manifestOf(addonPackage)).not.toHaveProperty('scripts');
  });

  it('names no place that it may not come from', () => {
    const elsewhere = ['repository', 'homepage', 'bugs', 'funding'];
    const inPublic = process.env.GITHUB_REPOSITORY !== undefined;
    for (const name of ['infinium-o2', addonPackage].filter(() => !inPublic)) {
      for (const field of elsewhere) expect(manifestOf(name)).not.toHaveProperty(field);
    }
  });

  it('contains no path of the machine that built it', () => {
    const paths = [root, homedir(), process.env.CARGO_HOME].filter(Boolean) as string[];
    const telling = ['infinium-o2', addonPackage].flatMap((name) =>
      shipped(name).filter((file) => {
        const place = path.join(packages.directory, 'node_modules', name, file);
        const bytes = readFileSync(place);
        return paths.some((each) => bytes.includes(`${each}${path.sep}`));
      }),
    );
    expect(telling).toEqual([]);
  });
});

describe('the package of the addon', () => {
  it('holds the addon and the licences of what is in it', () => {
    const texts = ['LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.txt'];
    expect(shipped(addonPackage).sort()).toEqual([built, 'package.json', ...texts].sort());
    const notices = read(addonPackage, 'THIRD-PARTY-NOTICES.txt');
    for (const crate of ['ring', 'rustls', 'tokio', 'napi', 'webpki-roots']) {
      expect(notices).toMatch(new RegExp(`^${crate} \\d.* \\(.+\\)$`, 'm'));
    }
    expect(notices).toContain('The Rust standard library');
    // It only builds, and is no part of the addon.
    expect(notices).not.toMatch(/^napi-derive /m);
    expect(notices).not.toContain('<holders>');
  });

  it('is installed only where it fits', () => {
    const { version, os, cpu, libc, main } = manifestOf(addonPackage);
    expect(version).toBe(manifestOf('infinium-o2').version);
    expect([os, cpu]).toEqual([[process.platform], [process.arch]]);
    if (process.platform === 'linux')
      expect(libc).toEqual([built.includes('musl') ? 'musl' : 'glibc']);
    expect(main).toBe(built);
  });

  it('has a bill of materials, as CycloneDX', async () => {
    const [file, ...more] = readdirSync(packages.tarballs).filter((name) =>
      name.endsWith('.cdx.json'),
    );
    expect(more).toEqual([]);
    const text = readFileSync(path.join(packages.tarballs, file), 'utf8');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(text)).toBeNull();

    const { metadata, components, dependencies } = JSON.parse(text);
    expect(metadata.component.name).toMatch(/^@infinium-o2\/./);
    const ring = components.find(({ name }: { name: string }) => name === 'ring');
    expect(ring.licenses).toEqual([{ expression: 'Apache-2.0 AND ISC' }]);
    expect(ring.hashes[0].content).toMatch(/^[0-9a-f]{64}$/);
    const known = [metadata.component, ...components].map((component) => component['bom-ref']);
    expect(dependencies.map(({ ref }: { ref: string }) => ref).sort()).toEqual([...known].sort());
    for (const { dependsOn } of dependencies)
      expect(known).toEqual(expect.arrayContaining(dependsOn));
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

  it('gets the same object with a default import', async () => {
    const code = `import infinium from 'infinium-o2';
      import { createRequire } from 'node:module';
      console.log(infinium === createRequire(import.meta.url)('infinium-o2'));`;
    expect(await node('default.mjs', code)).toBe('true\n');
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

  it.each(['cjs', 'mjs'])(
    'gets the same from the entry for tools that pack addons (%s)',
    async (kind) => {
      const code = `import * as embedded from 'infinium-o2/embedded';
      import * as infinium from 'infinium-o2';
      console.log(Object.entries(infinium).filter(([name, value]) => embedded[name] !== value).length,
        embedded.InfiniumClient.name, Symbol.for('infinium-o2.embedded') in globalThis);`;
      const required = code
        .replace(/import \* as (\w+) from (.+);/g, 'const $1 = require($2);')
        .replace('import', 'require');
      const program = kind === 'mjs' ? code : required;
      expect(await node(`embedded.${kind}`, program)).toBe('0 InfiniumClient false\n');
    },
  );

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
    const code = `import infinium, { InfiniumClient, type TaskData } from 'infinium-o2';
      import { InfiniumClient as Embedded } from 'infinium-o2/embedded';
      export const same: (typeof InfiniumClient)[] = [infinium.InfiniumClient, Embedded];
      const tasks: TaskData[] = [];
      export const sent: Promise<number> = new InfiniumClient().sendBatch(tasks).then((r) => r.failedTasks);`;
    writeFileSync(path.join(packages.directory, 'strict.mts'), code);
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
    const compiled = run(process.execPath, args, { cwd: packages.directory }).catch(
      ({ stdout }) => ({
        stdout,
      }),
    );
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
