// The code in the README and the guides, as it stands there, against a server and a provider on this machine.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { agentId, agentSecret } from '../support/client';
import { useConsumer } from '../support/consumer';
import { blocks } from '../support/docs';
import { reply } from '../support/http';
import { useServer } from '../support/use';
import { useProvider } from '../support/watching';

const run = promisify(execFile);
// The code for frameworks is run with their packages: see __test__/frameworks/documents.mjs.
const examples = blocks.filter(
  ({ language, name }) => language === 'js' && !name.startsWith('docs/frameworks.md'),
);

const server = useServer();
const use = useProvider();
const folder = useConsumer();

it.each(examples)('runs $name', async ({ name, code }) => {
  server.answer = (response, seen, number) => {
    const prompt = { promptId: 'p', name: 'P', version: 1, content: 'Hi {{name}}' };
    const trace = { traceId: 't-1', interpretedTraceResult: {} };
    reply(200, seen.url.includes('/prompts/') ? prompt : trace)(response, seen, number);
  };
  const file = path.join(folder.path, `${name.replace(/\W+/g, '-')}.mjs`);
  writeFileSync(file, code);
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: agentId,
    INFINIUM_AGENT_SECRET: agentSecret,
    INFINIUM_BASE_URL: server.url,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${use.provider.url}/v1`,
    TMPDIR: folder.path,
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
  const tested = ({ name, language }: (typeof blocks)[number]) =>
    ['js', 'sh', ''].includes(language) ||
    (language === 'text' && name.startsWith('docs/frameworks.md')) ||
    (language === 'json' && name.startsWith('docs/command-line.md'));
  expect(blocks.filter((block) => !tested(block))).toEqual([]);
  const unmarked = blocks.filter(({ language, code }) => language === '' && /[;{}]$/m.test(code));
  expect(unmarked).toEqual([]);
});
