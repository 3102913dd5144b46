// A package whose addon does not load: programs of users, in processes of their own.
import { cpSync } from 'node:fs';
import path from 'node:path';
import { options, task, tasks } from '../support/client';
import { hang } from '../support/http';
import { type Outcome, runProgram } from '../support/program';
import { useDirectory, useServer } from '../support/use';

const root = path.resolve(__dirname, '../..');
const server = useServer();
const directory = useDirectory();

beforeEach(() => {
  for (const part of ['dist', 'package.json']) {
    cpSync(path.join(root, part), path.join(directory.path, part), { recursive: true });
  }
});

/** Runs code with a `client` of the package without its addon, and a `task`. */
function run(code: string, env: NodeJS.ProcessEnv = {}, config = {}): Promise<Outcome> {
  const made = `
    const without = require(${JSON.stringify(directory.path)});
    const make = () => new without.AsyncInfiniumClient(${JSON.stringify({ ...options(server.url), ...config })});
    const task = ${JSON.stringify(task())};
    ${code}`;
  return runProgram(made, env);
}

const warnings = ({ stderr }: Outcome) => stderr.match(/InfiniumWarning/g)?.length ?? 0;

it('delivers a batch, and warns once of what is missing', async () => {
  const outcome = await run(`
    const clients = [make(), make()];
    (async () => {
      const { successfulTasks } = await clients[0].sendBatch(${JSON.stringify(tasks(5))});
      await clients[1].sendTask(task);
      console.log(successfulTasks, clients[0].runtime);
    })();`);
  expect(outcome).toMatchObject({ code: 0, stdout: '5 wasm\n' });
  expect(server.seen).toHaveLength(6);
  expect(warnings(outcome)).toBe(1);
  expect(outcome.stderr).toContain('[INFINIUM_FALLBACK]');
  expect(outcome.stderr).toContain('without a spool');
  expect(outcome.stderr).toMatch(/Reason: .*addon of infinium-o2 cannot be loaded/);
});

it('does not warn with quiet', async () => {
  const outcome = await run('make().enqueue(task)', {}, { quiet: true });
  expect([outcome.stderr, server.seen.length]).toEqual(['', 1]);
});

it('says it in the log of a client that has one', async () => {
  const { stderr } = await run('make().enqueue(task)', {}, { enableLogging: true });
  expect(stderr).toMatch(/^\[infinium\] WARN infinium-o2 runs without its addon/m);
  expect(stderr).not.toContain('InfiniumWarning');
});

it('names the options that have no effect', async () => {
  const config = { spoolDir: '/nowhere' };
  const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
  const { stderr } = await run('make().enqueue(task)', env, config);
  expect(stderr).toContain('spoolDir and the proxy cannot be used');
  expect(server.seen).toHaveLength(1);
});

it('reads the module with the first client, not before', async () => {
  const { stdout } = await run(`
    const loaded = () => Object.keys(require.cache).some((file) => file.endsWith('fallback.js'));
    const before = loaded();
    make();
    console.log(before, loaded(), without.VERSION);`);
  const { version } = require('../../package.json');
  expect(stdout).toBe(`false true ${version}\n`);
});

it.each([
  [{ INFINIUM_REQUIRE_NATIVE: '1' }, /addon of infinium-o2 cannot be loaded/],
  [{ INFINIUM_BACKEND: 'native' }, /addon of infinium-o2 cannot be loaded/],
])('makes no client if the addon is required: %j', async (env, message) => {
  const { stdout } = await run(
    `try { make(); } catch (error) {
      console.log(error instanceof without.InfiniumError, error.message.split('\\n')[0], error.cause?.message);
    }`,
    env,
  );
  expect(stdout).toMatch(/^true /);
  expect(stdout).toMatch(message);
});

it('says why there are no clients where there is no WebAssembly either', async () => {
  const { stdout } = await run(
    `try { make(); } catch (error) { console.log(error.name, error.message); }`.replace(
      /^/,
      'delete globalThis.WebAssembly; ',
    ),
  );
  expect(stdout).toMatch(/^InfiniumError /);
  expect(stdout).toContain('WebAssembly is not defined');
});

it('runs on WebAssembly if it is told to, also where there is an addon', async () => {
  const code = `
    const client = new infinium.InfiniumClient(${JSON.stringify(options(server.url))});
    client.sendTask(${JSON.stringify(task())}).then(() => console.log(client.runtime));`;
  expect((await runProgram(code, { INFINIUM_BACKEND: 'wasm' })).stdout).toBe('wasm\n');
  expect((await runProgram(code)).stdout).toBe('native\n');
});

describe('at its end', () => {
  it('stays until everything in the background is delivered', async () => {
    const outcome = await run(
      'const client = make(); for (let i = 0; i < 25; i += 1) client.enqueue(task);',
      {},
      { enableRateLimiting: true, requestsPerSecond: 10 },
    );
    expect([outcome.code, server.seen.length]).toEqual([0, 25]);
  });

  it('gives up what the platform does not accept after exitTimeout', async () => {
    server.answer = hang;
    const config = { timeout: 300, maxRetries: 1, exitTimeout: 200 };
    const outcome = await run('make().enqueue(task);', {}, config);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('1 task is lost');
  });

  it('delivers after a signal, which then ends it', async () => {
    const outcome = await run(
      `const client = make();
       for (let i = 0; i < 25; i += 1) client.enqueue(task);
       setInterval(() => {}, 1_000);
       process.kill(process.pid, 'SIGTERM');`,
      {},
      { enableRateLimiting: true, requestsPerSecond: 10 },
    );
    expect([outcome.signal, server.seen.length]).toEqual(['SIGTERM', 25]);
  });

  it('is ended by a second signal, and says what is lost', async () => {
    server.answer = hang;
    const outcome = await run(
      `make().enqueue(task);
       process.kill(process.pid, 'SIGTERM');
       setTimeout(() => process.kill(process.pid, 'SIGTERM'), 100);`,
      {},
      { exitTimeout: 20_000 },
    );
    expect(outcome.signal).toBe('SIGTERM');
    expect(outcome.stderr).toContain('1 task is lost');
  });

  it('says what is lost when it exits at once, and exits with the same code', async () => {
    const outcome = await run(
      'const client = make(); client.enqueue(task); client.enqueue(task); process.exit(3);',
    );
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toContain('2 tasks are lost');
  });
});
