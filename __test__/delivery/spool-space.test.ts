// Spools that are full, and directories that are missing or cannot be used.
import { readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sequential, task, tasks } from '../support/client';
import { accepted, hang, until } from '../support/http';
import { listen } from '../support/log';
import { clientCode, runProgram } from '../support/program';
import { die, useSpool } from '../support/spool';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();
const spool = useSpool(server);
const { begin, files } = spool;
let spoolDir: string;
beforeEach(() => {
  spoolDir = spool.path;
});

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

it('uses few descriptors for the directories of ended processes, however many clients there are', async () => {
  server.answer = hang;
  const keep = `kept.push(client); client.enqueue(task(index));`;
  await runProgram(`const kept = [];
    for (let index = 0; index < 200; index += 1) { ${begin()} ${keep} }
    ${die}`);
  server.seen.length = 0;
  let most = 0;
  server.answer = (...exchange) => {
    most = Math.max(most, openLocks());
    return accepted(...exchange);
  };
  const clients = Array.from({ length: 20 }, () => sequential(server.url, { spoolDir }));
  await until(() => spool.keys().size === 200);
  for (const client of clients) await client.close();
  expect(files()).toHaveLength(0);
  expect(most).toBeLessThanOrEqual(16);
  if (process.platform === 'linux') expect(most).toBeGreaterThan(0);
});

/** The number of lock files in the spool that this process has open. Zero where that is not known. */
function openLocks(): number {
  if (process.platform !== 'linux') return 0;
  const targets = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(path.join('/proc/self/fd', name));
    } catch {
      return ''; // It was closed.
    }
  });
  return targets.filter((target) => target.startsWith(spoolDir) && target.endsWith('.lock')).length;
}

it('logs once that it is full, although some tasks fit', async () => {
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
  await until(() => log.said('in memory only') > 0);
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

it('makes its directory again when it was deleted', async () => {
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
  await until(() => log.said('in memory only') > 0);
  log.stop();
  expect(conserved(client)).toMatchObject({ delivered: 4, spool: { refused: 4 } });
  expect(log.said('in memory only')).toBe(1);
});

it('makes directories that are missing, and syncs to disk with spoolSync', async () => {
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

it('warns once of a directory that cannot be written to, and sends the tasks', async () => {
  const { stderr } = await runProgram(`
    ${clientCode(server.url, { spoolDir: __filename })}
    for (let count = 0; count < 3; count += 1) client.enqueue(task);`);
  expect(stderr.match(/INFINIUM_\w+/g)).toEqual(['INFINIUM_SPOOL']);
  expect(stderr).toContain('kept in memory only');
  expect(server.seen).toHaveLength(3);
});
