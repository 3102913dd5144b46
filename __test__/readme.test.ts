// The code in the README and the guides, as it stands there, against a server and a provider on this machine.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { agentId, agentSecret } from './support/client';
import { reply, type Server, startServer } from './support/http';
import { type Provider, startProvider } from './support/provider';

const run = promisify(execFile);
const root = path.resolve(__dirname, '..');
const docs = ['README.md', ...list('docs').filter((file) => file.endsWith('.md'))];
const blocks = docs.flatMap((doc) =>
  [...read(doc).matchAll(/^```(.*?)\n(.*?)^```/gms)].map(([, language, code], index) => ({
    name: `${doc}, block ${index + 1}`,
    language,
    code,
  })),
);
const examples = blocks.filter(({ language }) => language === 'js');

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** The files in a folder and below it, as paths from the root with slashes. */
function list(folder: string): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true }) as string[];
  return files.map((file) => `${folder}/${file.split(path.sep).join('/')}`);
}

let server: Server;
let provider: Provider;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  provider = await startProvider();
  // Within the repository, so that its packages are found.
  folder = mkdtempSync(path.join(__dirname, '.readme-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([server.stop(), provider.stop()]);
});

it.each(examples)('runs $name', async ({ name, code }) => {
  server.answer = (response, seen, number) => {
    const prompt = { promptId: 'p', name: 'P', version: 1, content: 'Hi {{name}}' };
    const trace = { traceId: 't-1', interpretedTraceResult: {} };
    reply(200, seen.url.includes('/prompts/') ? prompt : trace)(response, seen, number);
  };
  const file = path.join(folder, `${name.replace(/\W+/g, '-')}.mjs`);
  writeFileSync(file, code);
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: agentId,
    INFINIUM_AGENT_SECRET: agentSecret,
    INFINIUM_BASE_URL: server.url,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    TMPDIR: folder,
  };
  // A serverless platform would call the handler.
  const program = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
    await handler?.();`;
  const args = ['--input-type=module', '--eval', program];
  const before = server.seen.length;
  await expect(run(process.execPath, args, { env, timeout: 20_000 })).resolves.toBeDefined();
  const sends = /\.(send\w+|enqueue|trace)\(/.test(code) && !code.includes('duration: -1');
  expect(server.seen.length > before).toBe(sends);
});

it('finds an example in the README and in each guide', () => {
  const guides = ['batches', 'configuration', 'delivery', 'deployment', 'privacy', 'prompts'];
  const expected = ['README', ...[...guides, 'tracing'].map((guide) => `docs/${guide}`)];
  const found = new Set(examples.map(({ name }) => name.split('.')[0]));
  expect([...found].sort()).toEqual(expected.sort());
});

it('leaves no code untested: every other block is a command or plain text', () => {
  const others = blocks.filter(({ language }) => !['js', 'sh', ''].includes(language));
  expect(others).toEqual([]);
  const unmarked = blocks.filter(({ language, code }) => language === '' && /[;{}]$/m.test(code));
  expect(unmarked).toEqual([]);
});

it('keeps the README short enough to read in five minutes', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(251);
});

it('links only to headings that exist', () => {
  const anchors = (doc: string) =>
    [...read(doc).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  const dead = docs.flatMap((doc) =>
    [...read(doc).matchAll(/\]\(([^):\s]*)#([^)\s]+)\)/g)]
      .filter(([, link, anchor]) => {
        const target = path.posix.join(path.posix.dirname(doc), link || path.posix.basename(doc));
        return !anchors(target).includes(anchor);
      })
      .map(([link]) => `${doc}: ${link}`),
  );
  expect(dead).toEqual([]);
});

it('names tests in RELIABILITY.md that exist', () => {
  const files = [...list('__test__'), ...list('crates')].map((file) => `/${file}`);
  const promised = read('docs/RELIABILITY.md').matchAll(/`([\w/-]+\.(?:test\.ts|rs))`/g);
  const names = [...new Set([...promised].map(([, name]) => name))];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});
