// Runs the examples as a user would, from an agent to a platform on this machine.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { useConsumer } from '../support/consumer';
import { type Platform, startPlatform } from '../support/platform';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');

const folder = useConsumer();
let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());
beforeEach(() => platform.clear());

async function example(name: string): Promise<string> {
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: 'agent-of-examples',
    INFINIUM_AGENT_SECRET: 'secret-of-examples',
    INFINIUM_BASE_URL: platform.url,
  };
  const { stdout, stderr } = await run(process.execPath, [`examples/${name}.mjs`], {
    cwd: root,
    env,
  });
  expect(stderr).toBe('');
  return stdout;
}

it('sends a batch of summaries', async () => {
  expect(await example('batch')).toContain('Sent 5/5 traces');
  const traces = await platform.traces();
  expect(traces.map(({ body }) => body.name)).toEqual([
    "Summarize: Alice's Adventures in Wonderland",
    'Summarize: The Gettysburg Address',
    'Summarize: Moby-Dick; or, The Whale',
    'Summarize: Pride and Prejudice',
    'Summarize: A Tale of Two Cities',
  ]);
  expect(traces[2].body.output_summary).toMatch(/^Call me Ishmael\. /);
});

it('traces an agent with tools by hand', async () => {
  await example('agent');
  const [{ body }] = await platform.traces();
  expect(body.steps.map((step: any) => step.action)).toEqual(['llm_call', 'tool_use', 'llm_call']);
  expect(body.steps[1].tool_call.output_summary).toBe('Mont Blanc is 4806 m high.');
  expect(body.steps[0].llm_call).toMatchObject({ prompt_tokens: 42, completion_tokens: 12 });
  expect(body.outcome).toBe('success');
});

it('lets an agent trace itself', async () => {
  expect(await example('watch')).toContain('Traced');
  const [{ body }] = await platform.traces();
  expect(body.input_summary).toBe('Good morning');
  expect(body.steps.map((step: any) => step.description)).toEqual([
    'Execute Translate',
    'openai/gpt-4o-mini',
    'openai/gpt-4o',
  ]);
  expect(body.llm_usage).toMatchObject({
    model: 'multiple',
    total_tokens: 108,
    api_calls_count: 2,
  });
});

it('records a stream as it is read', async () => {
  expect(await example('stream')).toContain('Once upon a time');
  const [{ body }] = await platform.traces();
  expect(body.steps[1]).toMatchObject({
    output_preview: 'You said: Once upon a time there was a crab.',
    llm_call: { prompt_tokens: 42, completion_tokens: 12 },
  });
});

it('explains how to start a platform when there is none', async () => {
  // A port that is free: that of the example may be in use on this machine.
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const source = readFileSync(path.join(root, 'examples/batch.mjs'), 'utf8');
  const documents = pathToFileURL(path.join(root, 'examples/documents/')).href;
  const code = source.replace('127.0.0.1:8080', `127.0.0.1:${port}`);
  writeFileSync(
    path.join(folder.path, 'batch.mjs'),
    code.replace("'documents/'", `'${documents}'`),
  );
  const { INFINIUM_BASE_URL: _, ...env } = process.env;
  const program = run(process.execPath, ['batch.mjs'], { cwd: folder.path, env, timeout: 15_000 });
  const { code: exitCode, stderr } = await program.catch((failure) => failure);
  expect(stderr).toContain(`127.0.0.1:${port}`);
  expect(stderr).toContain('npm run demo');
  expect(stderr).toContain('cargo run -p infinium-local -- --port 8080');
  expect(exitCode).toBe(1);
});
