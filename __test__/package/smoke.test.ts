// The script that tries a release where it runs, with packages as the tests build them.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const packages = mkdtempSync(path.join(tmpdir(), 'infinium-smoke-'));

beforeAll(() => script('pack.mjs', '--quick', '--to', packages), 240_000);
afterAll(() => rmSync(packages, { recursive: true, force: true }));

/** Runs a script; resolves to what it printed, and fails if it fails. */
async function script(name: string, ...args: string[]) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|INFINIUM_)/i.test(key)),
  );
  const { stdout } = await run(process.execPath, [`scripts/${name}`, ...args], { cwd: root, env });
  return stdout;
}

it('sends the documented batch with the packages', async () => {
  const printed = await script('smoke.mjs', packages);
  expect(printed).toContain('Sent 5/5 traces');
  expect(printed).toContain('The packages work.');
}, 60_000);

it('fails if the addon does not load, although a batch would arrive without it', async () => {
  const file = path.join(packages, 'index.json');
  const index: { manifest: { name: string } }[] = JSON.parse(readFileSync(file, 'utf8'));
  const others = index.filter(({ manifest }) => !/^@infinium-o2\/(?!local-)/.test(manifest.name));
  writeFileSync(file, JSON.stringify(others));
  const failure = script('smoke.mjs', packages);
  await expect(failure).rejects.toMatchObject({
    stderr: expect.stringContaining('the addon does not load'),
  });
}, 60_000);
