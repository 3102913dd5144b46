// Tasks on disk: what they survive, and who delivers them.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { agentSecret, failure, sequential, task, tasks } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { runProgram } from '../support/program';
import { die, useSpool } from '../support/spool';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();
const spool = useSpool(server);
const { begin, files, keys, recover } = spool;
let spoolDir: string;
beforeEach(() => {
  spoolDir = spool.path;
});

it('has a task on disk when enqueue returns, for its owner only', async () => {
  server.answer = hang;
  const client = sequential(server.url, { spoolDir });
  client.enqueue(task({ outcome: 'mine' }));
  const [file] = files();
  expect(readFileSync(file, 'utf8')).toContain('"outcome":"mine"');
  expect(readFileSync(file, 'utf8')).not.toContain(agentSecret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(client.stats().spool).toMatchObject({ tasks: 1, bytes: statSync(file).size });
  // It needs no memory as well.
  expect(client.stats().bytes).toBe(0);
  await client.close({ timeout: 0 });
});

it('removes it when the platform has confirmed it, and itself when it is closed', async () => {
  const client = sequential(server.url, { spoolDir });
  for (const each of tasks(20)) client.enqueue(each);
  await client.sendTaskData(task());
  await client.flush();
  expect(files()).toEqual([]);
  expect(conserved(client)).toMatchObject({ delivered: 21, spool: { tasks: 0, bytes: 0 } });
  await client.close();
  const [destination] = readdirSync(spoolDir);
  expect(readdirSync(path.join(spoolDir, destination))).toEqual([]);
});

it('survives SIGKILL, with the same keys', async () => {
  server.answer = hang;
  const code = `${begin()}
    for (let index = 0; index < 100; index += 1) client.enqueue(task(index));
    setInterval(() => {}, 1_000);`;
  const arrived = until(() => server.seen.length === 32 && files().length === 100);
  const { signal } = await runProgram(code, {}, arrived);
  expect([signal, files().length]).toEqual(['SIGKILL', 100]);
  const before = keys();
  expect(before.size).toBe(32);
  server.answer = accepted;
  server.seen.length = 0;
  const stats = await recover();
  expect(stats).toMatchObject({
    submitted: 100,
    delivered: 100,
    spool: { adopted: 100, tasks: 0 },
  });
  expect([keys().size, server.seen.length, files().length]).toEqual([100, 100, 0]);
  expect([...before].every((key) => keys().has(key))).toBe(true);
  // The oldest first.
  const names = server.seen.map(({ body }) => Number(body.name));
  expect(names.slice(0, 8).every((name) => name < 40)).toBe(true);
});

it('stays where it was when the process goes elsewhere', async () => {
  server.answer = hang;
  const { signal } = await runProgram(`process.chdir(${JSON.stringify(path.dirname(spoolDir))});
    ${begin({ spoolDir: path.basename(spoolDir) })}
    process.chdir('/');
    client.enqueue(task(0));
    ${die}`);
  expect(signal).toBe('SIGKILL');
  server.answer = accepted;
  expect(await recover()).toMatchObject({ delivered: 1 });
});

it('is delivered oldest first, whichever process left it', async () => {
  server.answer = hang;
  for (const first of [0, 2, 4]) {
    await runProgram(`${begin({ maxConcurrency: 1 })}
      client.enqueue(task(${first}));
      client.enqueue(task(${first + 1}));
      ${die}`);
  }
  server.answer = accepted;
  server.seen.length = 0;
  await recover({ maxConcurrency: 1 });
  expect(server.seen.map(({ body }) => body.name)).toEqual(['0', '1', '2', '3', '4', '5']);
});

it('covers sends and batches that are under way', async () => {
  server.answer = hang;
  const code = `${begin()}
    client.sendTaskData(task('one'));
    client.sendBatch([task('two'), task('three')]);`;
  const arrived = until(() => server.seen.length === 2);
  await runProgram(code, {}, arrived);
  server.answer = accepted;
  server.seen.length = 0;
  await recover();
  // The third was not begun, and its caller has no result for it.
  expect(server.seen.map(({ body }) => body.name).sort()).toEqual(['one', 'two']);
});

it('keeps nothing of a send whose caller knows that it failed', async () => {
  server.answer = reply(422);
  const client = sequential(server.url, { spoolDir });
  await failure(client.sendTaskData(task()));
  client.enqueue(task());
  await client.flush();
  expect(files()).toEqual([]);
  await client.close();
});

it('keeps what was refused for its credentials, for a process that has better ones', async () => {
  server.answer = reply(401);
  const client = sequential(server.url, { spoolDir });
  client.enqueue(task());
  await client.close();
  expect(conserved(client)).toMatchObject({ failedByError: { AuthenticationError: 1 } });
  expect(files()).toHaveLength(1);
  server.answer = accepted;
  expect(await recover()).toMatchObject({ delivered: 1 });
});

it('loses nothing when the client is closed during an outage', async () => {
  server.answer = reply(503);
  const client = sequential(server.url, { spoolDir, maxRetries: 0 });
  for (const each of tasks(50)) client.enqueue(each);
  await until(() => server.seen.length > 0);
  expect(await client.close({ timeout: 50 })).toBe(false);
  expect(conserved(client)).toMatchObject({ droppedByReason: { leftInSpool: 50 }, pending: 0 });
  server.answer = accepted;
  server.seen.length = 0;
  expect(await recover()).toMatchObject({ delivered: 50 });
  expect(keys().size).toBe(50);
});

it('leaves the tasks of other clients and agents alone', async () => {
  server.answer = hang;
  const first = sequential(server.url, { spoolDir });
  first.enqueue(task({ name: 'first' }));
  const elsewhere = sequential(server.url, { spoolDir, agentId: 'another-agent' });
  elsewhere.enqueue(task({ name: 'elsewhere' }));
  await until(() => server.seen.length === 2);
  const second = sequential(server.url, { spoolDir });
  expect(await second.flush({ timeout: 2_000 })).toBe(true);
  expect(second.stats().submitted).toBe(0);
  await first.close({ timeout: 0 });
  await elsewhere.close({ timeout: 0 });
  server.answer = accepted;
  expect(await recover({ agentId: 'another-agent' })).toMatchObject({ delivered: 1 });
  expect(await recover()).toMatchObject({ delivered: 1 });
});

it('is shared by processes that come and go', async () => {
  const one = `${begin()}
    for (let index = 0; index < 60; index += 1) client.enqueue(task(index));
    setTimeout(() => { ${die} }, Math.random() * 20);`;
  for (let round = 0; round < 3; round += 1) await Promise.all([runProgram(one), runProgram(one)]);
  await recover();
  expect(keys().size).toBe(360);
  expect(files()).toEqual([]);
});

it('does not keep a process alive that has nothing to adopt', async () => {
  mkdirSync(path.join(spoolDir, 'empty'));
  const { code, stdout } = await runProgram(`${begin({ exitTimeout: 2_000 })}
    setTimeout(() => console.log(process.listenerCount('exit')), 100);`);
  expect([code, stdout]).toEqual([0, '0\n']);
});

it('keeps a process alive until adopted tasks are delivered', async () => {
  server.answer = hang;
  await runProgram(`${begin()} for (const name of [1, 2, 3]) client.enqueue(task(name)); ${die}`);
  server.seen.length = 0;
  server.answer = (...request) => setTimeout(() => accepted(...request), 100);
  const { code } = await runProgram(begin({ exitTimeout: 5_000 }));
  expect(code).toBe(0);
  expect(server.seen).toHaveLength(3);
  expect(files()).toEqual([]);
});

it('is delivered at the end of the process that has found it while running', async () => {
  server.answer = reply(503);
  const failing = until(() => server.seen.length > 5);
  const found = runProgram(`${begin({ exitTimeout: 10_000, retryDelay: 1, maxRetryDelay: 50 })}
    client.enqueue(task('mine'));
    setInterval(() => { if (client.stats().spool.adopted === 1) process.exit(3); }, 1);`);
  await failing;
  await runProgram(`${begin()} client.enqueue(task('left')); ${die}`);
  // The running process looks for it at the end of the outage, and exits before it has an answer.
  server.answer = (response, seen, index) => {
    setTimeout(() => accepted(response, seen, index), seen.body.name === 'left' ? 500 : 0);
  };
  expect((await found).code).toBe(3);
  expect(server.seen.at(-1)?.body.name).toBe('left');
  expect(files()).toEqual([]);
});
