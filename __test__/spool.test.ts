// Tasks on disk: what they survive, and who delivers them.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { agentSecret, failure, options, sequential, task, tasks } from './support/client';
import { accepted, hang, reply, type Server, startServer, until } from './support/http';
import { runProgram } from './support/program';
import { conserved } from './support/stats';

let server: Server;
let spoolDir: string;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.seen.length = 0;
  server.script.length = 0;
  server.answer = accepted;
  spoolDir = mkdtempSync(path.join(tmpdir(), 'infinium-spool-'));
});
afterEach(() => {
  chmodSync(spoolDir, 0o700);
  rmSync(spoolDir, { recursive: true });
});

/** Every file below the spool, but its locks. */
function files(suffix = '.task'): string[] {
  return readdirSync(spoolDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => path.join(spoolDir, name))
    .sort();
}

const keys = () => new Set(server.seen.map(({ headers }) => headers['idempotency-key']));

/** A program with a client that has the spool. */
function begin(more: object = {}): string {
  const config = { ...options(server.url), spoolDir, exitTimeout: 0, ...more };
  return `const client = new infinium.InfiniumClient(${JSON.stringify(config)});
    const task = (name) => ({ ...${JSON.stringify(task())}, name: String(name) });`;
}

/** Delivers what others have left. */
async function recover(more: object = {}) {
  const client = sequential(server.url, { spoolDir, ...more });
  expect(await client.flush({ timeout: 8_000 })).toBe(true);
  const stats = conserved(client);
  await client.close();
  return stats;
}

/** What a client with this logging says on standard error until it is restored. */
function listen() {
  const lines: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  const said = (what: string) => lines.filter((line) => line.includes(what)).length;
  return {
    said,
    stop: () => write.mockRestore(),
    more: { enableLogging: true, logLevel: 'WARN' } as const,
  };
}

const die = "process.kill(process.pid, 'SIGKILL');";

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
  const { signal } = await runProgram(`${begin()}
    for (let index = 0; index < 100; index += 1) client.enqueue(task(index));
    setTimeout(() => { ${die} }, 100);`);
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

it('is delivered in the order of its age, whoever left it', async () => {
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
  await runProgram(`${begin()}
    client.sendTaskData(task('one'));
    client.sendBatch([task('two'), task('three')]);
    setTimeout(() => { ${die} }, 100);`);
  server.answer = accepted;
  server.seen.length = 0;
  await recover();
  // The third was not begun: its caller had not been told anything.
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

it('loses nothing when it is closed inside an outage', async () => {
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

it('leaves to others what is theirs', async () => {
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

it('sets aside what is no task, and goes on', async () => {
  server.answer = hang;
  await runProgram(`${begin()}
    for (let index = 0; index < 6; index += 1) client.enqueue(task(index));
    ${die}`);
  const found = files();
  truncateSync(found[0], 20);
  truncateSync(found[1], 0);
  writeFileSync(found[2], Buffer.alloc(1_000));
  const content = readFileSync(found[3]);
  content[content.length - 1] ^= 1;
  writeFileSync(found[3], content);
  writeFileSync(path.join(path.dirname(found[0]), 'notes.txt'), 'not ours');
  server.answer = accepted;
  server.seen.length = 0;
  expect(await recover()).toMatchObject({ delivered: 2, spool: { adopted: 2, corrupted: 4 } });
  expect(await recover()).toMatchObject({ delivered: 0, spool: { corrupted: 0 } });
  expect(files().every((file) => file.includes(`${path.sep}corrupt${path.sep}`))).toBe(true);
  expect(files()).toHaveLength(4);
});

it('keeps what it cannot read for the moment, and delivers it later', async () => {
  server.answer = reply(503);
  const log = listen();
  const client = sequential(server.url, { spoolDir, maxRetries: 0, ...log.more });
  client.enqueue(task());
  await until(() => server.seen.length > 0);
  const home = path.dirname(files()[0]);
  // Whatever is asked for in a file is an error, and none that says that it is not there.
  renameSync(home, path.join(spoolDir, 'away'));
  writeFileSync(home, '');
  await until(() => log.said('cannot be read now') > 0);
  log.stop();
  expect(conserved(client)).toMatchObject({ pending: 1, failed: 0, spool: { tasks: 1 } });
  server.answer = accepted;
  rmSync(home);
  renameSync(path.join(spoolDir, 'away'), home);
  expect(await client.flush({ timeout: 8_000 })).toBe(true);
  expect(conserved(client)).toMatchObject({ delivered: 1, spool: { tasks: 0, corrupted: 0 } });
  await client.close();
});

it('sets aside a task that is damaged while it waits, and fails it', async () => {
  server.answer = reply(503);
  const client = sequential(server.url, { spoolDir, maxRetries: 0 });
  client.enqueue(task());
  await until(() => server.seen.length > 0);
  writeFileSync(files()[0], 'ruin');
  server.answer = accepted;
  expect(await client.flush({ timeout: 8_000 })).toBe(true);
  expect(conserved(client)).toMatchObject({ failed: 1, spool: { tasks: 0, corrupted: 1 } });
  expect(files().map((file) => readFileSync(file, 'utf8'))).toEqual(['ruin']);
  await client.close();
});

(process.platform === 'win32' ? it.skip : it)(
  'is not stopped by pipes, links, directories and files larger than any task',
  async () => {
    server.answer = hang;
    await runProgram(`${begin()} client.enqueue(task(1)); ${die}`);
    const home = path.dirname(files()[0]);
    const root = path.dirname(home);
    const odd = (index: number) => path.join(home, `${index.toString(16).padStart(16, '0')}.task`);
    execFileSync('mkfifo', [odd(1), path.join(root, 'pipe')]);
    symlinkSync('nowhere', odd(2));
    mkdirSync(odd(3));
    writeFileSync(odd(4), '');
    truncateSync(odd(4), 2 ** 31);
    writeFileSync(path.join(root, 'notes'), '');
    server.answer = accepted;
    expect(await recover()).toMatchObject({ delivered: 1, spool: { adopted: 1, corrupted: 4 } });
    expect(readdirSync(root).sort()).toEqual(['corrupt', 'notes', 'pipe']);
  },
);

it('takes no more of the disk however often the process is killed', async () => {
  server.answer = hang;
  const maxSpoolBytes = 4_000;
  for (let round = 0; round < 5; round += 1) {
    await runProgram(`${begin({ maxSpoolBytes })}
      for (let index = 0; index < 10; index += 1) client.enqueue(task(index));
      ${die}`);
  }
  const sizes = files().map((file) => statSync(file).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(maxSpoolBytes);
  expect(sizes.length).toBeGreaterThan(5);
});

it('tells once that it is full, although some tasks fit', async () => {
  server.answer = hang;
  const log = listen();
  const more = { maxSpoolBytes: 8_000, maxConcurrency: 4, ...log.more };
  const client = sequential(server.url, { spoolDir, ...more });
  for (const each of tasks(200)) {
    client.enqueue(each);
    client.enqueue({ ...each, description: 'x'.repeat(1_500) });
  }
  expect(client.stats().spool.refused).toBeGreaterThan(100);
  await client.close({ timeout: 0 });
  log.stop();
  expect(log.said('in memory only')).toBe(1);
});

it('goes on in memory when there is no room, and counts it', async () => {
  server.answer = hang;
  const client = sequential(server.url, { spoolDir, maxSpoolBytes: 1_000 });
  for (const each of tasks(10)) expect(client.enqueue(each)).toBe(true);
  const { spool, bytes } = client.stats();
  expect(spool.tasks + spool.refused).toBe(10);
  expect(spool.bytes).toBeLessThanOrEqual(1_000);
  expect(spool.tasks).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(0);
  await client.close({ timeout: 0 });
});

it('makes its directory again when somebody has cleared it away', async () => {
  server.answer = hang;
  const client = sequential(server.url, { spoolDir });
  client.enqueue(task({ name: 'first' }));
  await until(() => server.seen.some(({ body }) => body.name === 'first'));
  rmSync(spoolDir, { recursive: true });
  for (const each of tasks(3)) client.enqueue(each);
  expect(client.stats().spool).toMatchObject({ tasks: 3, refused: 1 });
  expect(files().filter((file) => file.endsWith('.task'))).toHaveLength(2);
  await client.close({ timeout: 0 });
});

it.each<[string, () => string]>([
  ['cannot be written', () => path.join('/proc', 'infinium')],
  [
    'is a file',
    () => {
      const file = path.join(spoolDir, 'file');
      writeFileSync(file, '');
      return file;
    },
  ],
])('does without a directory that %s', async (_why, make) => {
  const log = listen();
  const client = sequential(server.url, { spoolDir: make(), ...log.more });
  for (const each of tasks(3)) client.enqueue(each);
  await client.sendTaskData(task());
  await client.flush();
  await client.close();
  log.stop();
  expect(conserved(client)).toMatchObject({ delivered: 4, spool: { refused: 4 } });
  expect(log.said('in memory only')).toBe(1);
});

it('makes directories that are missing, and waits for the disk if it is told to', async () => {
  const deep = path.join(spoolDir, 'a', 'b');
  server.answer = hang;
  await runProgram(`${begin({ spoolDir: deep, spoolSync: true })} client.enqueue(task(1)); ${die}`);
  server.answer = accepted;
  server.seen.length = 0;
  const client = sequential(server.url, { spoolDir: deep });
  await client.flush({ timeout: 2_000 });
  expect(server.seen).toHaveLength(1);
  await client.close();
});

it('does not hold a process that has nothing to take over', async () => {
  mkdirSync(path.join(spoolDir, 'empty'));
  const { code, stdout } = await runProgram(`${begin({ exitTimeout: 2_000 })}
    setTimeout(() => console.log(process.listenerCount('exit')), 100);`);
  expect([code, stdout]).toEqual([0, '0\n']);
});

it('ends a process only after what it has taken over is delivered', async () => {
  server.answer = hang;
  await runProgram(`${begin()} for (const name of [1, 2, 3]) client.enqueue(task(name)); ${die}`);
  server.seen.length = 0;
  server.answer = (...request) => setTimeout(() => accepted(...request), 100);
  const { code } = await runProgram(begin({ exitTimeout: 5_000 }));
  expect(code).toBe(0);
  expect(server.seen).toHaveLength(3);
  expect(files()).toEqual([]);
});
