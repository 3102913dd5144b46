// The code in the README, as it stands there, against a server and a provider on this machine.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { agentId, agentSecret } from '../support/client';
import { reply, type Server, startServer } from '../support/http';
import { type Provider, startProvider } from '../support/provider';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);

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

it.each(blocks.map((code, index) => [index, code]))('runs example %i', async (index, code) => {
  server.answer = (response, seen, number) => {
    const prompt = { promptId: 'p', name: 'P', version: 1, content: 'Hi {{name}}' };
    const trace = { traceId: 't-1', interpretedTraceResult: {} };
    reply(200, seen.url.includes('/prompts/') ? prompt : trace)(response, seen, number);
  };
  const file = path.join(folder, `example-${index}.mjs`);
  writeFileSync(file, code);
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: agentId,
    INFINIUM_AGENT_SECRET: agentSecret,
    INFINIUM_BASE_URL: server.url,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  };
  await expect(run(process.execPath, [file], { env, timeout: 20_000 })).resolves.toBeDefined();
});

it('has found them', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(4);
});
