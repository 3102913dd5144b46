// The code in the README, as it stands there, against a server and a provider on this machine.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { agentId, agentSecret } from '../support/client';
import { useConsumer } from '../support/consumer';
import { reply } from '../support/http';
import { useServer } from '../support/use';
import { useProvider } from '../support/watching';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);

const server = useServer();
const use = useProvider();
const folder = useConsumer();

it.each(blocks.map((code, index) => [index, code]))('runs example %i', async (index, code) => {
  server.answer = (response, seen, number) => {
    const prompt = { promptId: 'p', name: 'P', version: 1, content: 'Hi {{name}}' };
    const trace = { traceId: 't-1', interpretedTraceResult: {} };
    reply(200, seen.url.includes('/prompts/') ? prompt : trace)(response, seen, number);
  };
  const file = path.join(folder.path, `example-${index}.mjs`);
  writeFileSync(file, code);
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: agentId,
    INFINIUM_AGENT_SECRET: agentSecret,
    INFINIUM_BASE_URL: server.url,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${use.provider.url}/v1`,
  };
  await expect(run(process.execPath, [file], { env, timeout: 20_000 })).resolves.toBeDefined();
});

it('has found them', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(4);
});
