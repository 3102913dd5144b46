// How a release is published, to a registry on this machine that only takes notes.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { useDirectory } from '../support/use';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const addon = { name: '@infinium-o2/linux-x64-gnu', version: '9.9.9' };
const main = {
  name: 'infinium-o2',
  version: '9.9.9',
  optionalDependencies: { [addon.name]: '9.9.9' },
};

const directory = useDirectory();
/** Names that were published, in order, and those that were before. */
const published: string[] = [];
const known = new Set<string>();

const server = createServer((request, response) => {
  const name = decodeURIComponent((request.url ?? '').slice(1));
  if (request.method === 'PUT') published.push(name);
  const found = request.method === 'PUT' || known.has(name);
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
  const versions = { '9.9.9': { name, version: '9.9.9', dist: { tarball: 'http://127.0.0.1/' } } };
  response.end(JSON.stringify({ name, 'dist-tags': { latest: '9.9.9' }, versions }));
});

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());
beforeEach(async () => {
  published.length = 0;
  known.clear();
  const index = [];
  for (const manifest of [addon, main]) {
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-9.9.9.tgz`;
    const folder = path.join(directory.path, 'folders', path.basename(file, '.tgz'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
    const shell = process.platform === 'win32';
    await run('npm', ['pack', folder, '--pack-destination', directory.path], { shell });
    index.push({ file, manifest });
  }
  writeFileSync(path.join(directory.path, 'index.json'), JSON.stringify(index));
});

/** Publishes what is there; resolves to what it printed, and fails if it fails. */
async function publish(env: NodeJS.ProcessEnv = {}, ...args: string[]) {
  const { port } = server.address() as AddressInfo;
  const settings = path.join(directory.path, 'npmrc');
  const host = `127.0.0.1:${port}/`;
  writeFileSync(
    settings,
    `registry=http://${host}\n//${host}:_authToken=of-this-test\nfetch-retries=0\n`,
  );
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|GITHUB_)/i.test(name));
  const options = {
    cwd: root,
    env: { ...Object.fromEntries(inherited), npm_config_userconfig: settings, ...env },
  };
  const script = path.join(root, 'scripts/publish.mjs');
  const { stdout, stderr } = await run(
    process.execPath,
    [script, ...args, directory.path],
    options,
  );
  return stdout + stderr;
}

it('publishes the parts of a package before the package', async () => {
  await publish();
  expect(published).toEqual([addon.name, main.name]);
});

it('goes on where it stopped', async () => {
  known.add(addon.name);
  expect(await publish()).toContain(`${addon.name} 9.9.9 is published already.`);
  expect(published).toEqual([main.name]);
});

it('publishes nothing when it only tries', async () => {
  await publish({}, '--dry-run');
  expect(published).toEqual([]);
});

it.each([
  ['a tarball is missing', 'infinium-o2-9.9.9.tgz is missing'],
  ['a part is missing', 'infinium-o2 needs packages that are not here: @infinium-o2/linux-x64-gnu'],
  ['the tag is another', 'The tag is v9.9.8, and @infinium-o2/linux-x64-gnu is version 9.9.9'],
])('publishes nothing if %s', async (what, problem) => {
  if (what === 'a tarball is missing') rmSync(path.join(directory.path, 'infinium-o2-9.9.9.tgz'));
  if (what === 'a part is missing') {
    const index = [{ file: 'infinium-o2-9.9.9.tgz', manifest: main }];
    writeFileSync(path.join(directory.path, 'index.json'), JSON.stringify(index));
  }
  const tag = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v9.9.8' };
  const failed = publish(what === 'the tag is another' ? tag : {});
  await expect(failed).rejects.toMatchObject({ stderr: expect.stringContaining(problem) });
  expect(published).toEqual([]);
});
