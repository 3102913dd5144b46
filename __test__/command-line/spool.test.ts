// `infinium-o2 spool`.
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { agentId, sequential, task } from '../support/client';
import { environmentOf, runCommand, startCommand } from '../support/command';
import { accepted, hang, reply, until } from '../support/http';
import { runProgram } from '../support/program';
import { die, useSpool } from '../support/spool';
import { useDirectory, useServer } from '../support/use';

const server = useServer();
const spool = useSpool(server);
const empty = useDirectory();
const names = () => server.bodies.map(({ name }) => name);
const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  runCommand(['spool', ...args], { env: { ...environmentOf(server), ...env } });

/** Leaves tasks in the spool, as a process that was killed does. */
async function leave(count: number): Promise<void> {
  server.answer = hang;
  await runProgram(`${spool.begin()}
    for (let index = 0; index < ${count}; index += 1) client.enqueue(task(index));
    ${die}`);
  server.answer = accepted;
  server.seen.length = 0;
  server.bodies.length = 0;
}

/** Every file in the spool, with what it holds. */
const content = () => spool.files('').map((file) => [file, safeSize(file)]);
function safeSize(file: string): number {
  try {
    return readFileSync(file).length;
  } catch {
    return -1;
  }
}

describe('spool --list', () => {
  it('counts the tasks of each process and what is damaged, and changes nothing', async () => {
    await leave(3);
    await leave(2);
    const damaged = spool.files()[0];
    truncateSync(damaged, 20);
    await spool.recover({ agentSecret: 'another-secret' }).catch(() => {});
    await leave(4);
    server.answer = hang;
    const client = sequential(server.url, { spoolDir: spool.path });
    client.enqueue(task());
    await until(() => server.seen.length > 0);
    const before = content();

    const { code, stdout, stderr } = await run([spool.path]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[0-9a-f]{16} {2}\(the agent of this environment\)\n/);
    expect(stdout).toMatch(/ {2}corrupt +1 file set aside, 20 B\n/);
    const { agents } = JSON.parse((await run([spool.path, '--list', '--json'])).stdout);
    expect(agents).toHaveLength(1);
    expect(agents[0]).toMatchObject({ own: true, corrupt: { files: 1, bytes: 20 } });
    const tasks = agents[0].clients.reduce((sum: number, { files }: any) => sum + files, 0);
    expect(tasks).toBe(5);
    const [{ oldest, bytes }] = agents[0].clients;
    expect(Math.abs(Date.now() - oldest)).toBeLessThan(60_000);
    expect(bytes).toBeGreaterThan(200);
    expect(content()).toEqual(before);
  });

  it('knows the directories of other agents', async () => {
    await leave(1);
    const other = await run([spool.path], { INFINIUM_AGENT_ID: 'another-agent' });
    expect(other.stdout).toContain('(another agent or base URL)');
    const none = await run([spool.path], { INFINIUM_AGENT_ID: '' });
    expect(none.stdout).toContain('set INFINIUM_AGENT_ID');
  });

  it('says that nothing waits', async () => {
    const outcome = await run([empty.path]);
    expect(outcome).toMatchObject({
      code: 0,
      stdout: `No tasks wait in ${empty.path}.\n`,
    });
    const absent = await run([path.join(empty.path, 'absent')]);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('no directory') });
    const file = await run([__filename]);
    expect(file).toMatchObject({ code: 1, stderr: expect.stringContaining('no directory') });
  });
});

describe('spool --send', () => {
  it('delivers what ended processes have left, under the same keys', async () => {
    server.answer = hang;
    await runProgram(`${spool.begin()}
      for (let index = 0; index < 20; index += 1) client.enqueue(task(index));
      setTimeout(() => { ${die} }, 100);`);
    const [first] = server.seen;
    const key = first?.headers['idempotency-key'];
    server.answer = accepted;
    server.seen.length = 0;
    server.bodies.length = 0;
    const outcome = await run([spool.path, '--send', '--rate', '10000']);
    expect(outcome).toMatchObject({
      code: 0,
      stdout: 'Sent 20 tasks; 0 refused, 0 left.\n',
      stderr: '',
    });
    expect(new Set(names()).size).toBe(20);
    if (first) {
      const again = server.seen.find(({ body }) => body.name === first.body.name);
      expect(again?.headers['idempotency-key']).toBe(key);
    }
    expect(spool.files()).toEqual([]);
    expect((await run([spool.path, '--send'])).stdout).toBe(
      'Nothing of this agent waits to be sent.\n',
    );
  });

  it('says why tasks do not arrive', async () => {
    await leave(2);
    server.answer = reply(422, { message: 'no such field' });
    const { code, stdout, stderr } = await run([spool.path, '--send']);
    expect([code, stdout]).toEqual([1, 'Sent 0 tasks; 2 refused, 0 left.\n']);
    expect(stderr).toContain('no such field');
  });

  it('leaves the tasks of other agents, and those of processes that run', async () => {
    await leave(2);
    const other = await run([spool.path, '--send'], { INFINIUM_AGENT_ID: 'another-agent' });
    expect(other).toMatchObject({ code: 0, stdout: 'Nothing of this agent waits to be sent.\n' });
    server.answer = (response, seen, index) =>
      (seen.body.name === 'Mine' ? hang : accepted)(response, seen, index);
    const client = sequential(server.url, { spoolDir: spool.path });
    client.enqueue(task({ name: 'Mine' }));
    await until(() => names().length === 3);
    const { code, stdout, stderr } = await run([spool.path, '--send']);
    expect([code, stdout]).toEqual([1, 'Sent 0 tasks; 0 refused, 1 left.\n']);
    expect(stderr).toContain('processes that run now');
  });

  it('keeps the tasks if the credentials are refused', async () => {
    await leave(2);
    server.answer = reply(401, { message: 'who are you?' });
    const { code, stdout, stderr } = await run([spool.path, '--send']);
    expect([code, stdout]).toEqual([1, 'Sent 0 tasks; 0 refused, 2 left.\n']);
    expect(stderr).toContain('who are you?');
  });

  it('stops on Ctrl-C, and loses nothing', async () => {
    await leave(10);
    server.answer = hang;
    const { child, outcome } = startCommand(['spool', spool.path, '--send'], {
      env: environmentOf(server),
    });
    await until(() => server.seen.length > 0);
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({
      code: 130,
      stdout: 'Sent 0 tasks; 0 refused, 10 left.\n',
    });
    expect(spool.files()).toHaveLength(10);
  });

  it('needs the addon', async () => {
    await leave(1);
    const outcome = await run([spool.path, '--send'], { INFINIUM_BACKEND: 'wasm' });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('A spool needs the addon');
    expect(spool.files()).toHaveLength(1);
  });
});

describe('spool --requeue-corrupt', () => {
  it('puts back what is a complete task again, and says why others stay', async () => {
    await leave(4);
    const files = spool.files();
    const saved = files.map((file) => readFileSync(file));
    for (const [index, file] of files.entries()) {
      if (index < 3) truncateSync(file, 50);
    }
    appendFileSync(files[3], ' ');
    expect(await spool.recover()).toMatchObject({ spool: { corrupted: 4 } });
    const corrupt = spool.files();
    expect(corrupt).toHaveLength(4);
    // Two are restored from a backup.
    const [first, second] = corrupt;
    for (const file of [first, second]) {
      const index = files.findIndex((each) => file.endsWith(path.basename(each)));
      writeFileSync(file, saved[index]);
    }
    const notes = path.join(path.dirname(first), 'notes');
    writeFileSync(notes, 'not a task');

    const outcome = await run([spool.path, '--requeue-corrupt']);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/^2 tasks put back; 3 files cannot be\.\n/);
    expect(outcome.stderr).toContain(`${notes} stays: it is not named as a task is\n`);
    expect(outcome.stderr).toMatch(
      /stays: (it is incomplete|its content is not what was written)\n/,
    );
    expect(await run([spool.path, '--send'])).toMatchObject({
      stdout: expect.stringMatching(/^Sent 2 tasks; 0 refused, 0 left/),
    });
    expect(readdirSync(path.dirname(first))).toHaveLength(3);
  });

  it('has nothing to do for a spool without such files', async () => {
    await leave(1);
    const outcome = await run([spool.path, '--requeue-corrupt']);
    expect(outcome).toMatchObject({ code: 0, stdout: '0 tasks put back; 0 files cannot be.\n' });
    expect(spool.files()).toHaveLength(1);
  });
});

it.each([
  ['https://h.example/api/v1/', agentId],
  ['https://H.example:443/a b', 'an agent/%:@'],
  ['http://127.0.0.1:80', 'x\\y{z}'],
])('knows the directory of the agent: %s, %s', async (baseUrl, id) => {
  const code = `const { InfiniumClient } = infinium;
    const client = new InfiniumClient({ agentId: ${JSON.stringify(id)}, agentSecret: 'a-secret-of-8',
      baseUrl: ${JSON.stringify(baseUrl)}, spoolDir: ${JSON.stringify(spool.path)}, quiet: true, exitTimeout: 0 });
    client.enqueue(${JSON.stringify(task())});
    ${die}`;
  await runProgram(code);
  const { stdout } = await run([spool.path], { INFINIUM_AGENT_ID: id, INFINIUM_BASE_URL: baseUrl });
  expect(stdout).toContain('(the agent of this environment)');
});
