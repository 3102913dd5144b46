// Files of a spool that are damaged, or are no tasks.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { sequential, task } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { listen } from '../support/log';
import { runProgram } from '../support/program';
import { die, useSpool } from '../support/spool';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();
const spool = useSpool(server);
const { begin, files, recover } = spool;
let spoolDir: string;
beforeEach(() => {
  spoolDir = spool.path;
});

it('sets aside files that are no tasks, and delivers the others', async () => {
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
  expect(await recover()).toMatchObject({ delivered: 2, spool: { adopted: 2, corrupted: 3 } });
  expect(await recover()).toMatchObject({ delivered: 0, spool: { corrupted: 0 } });
  expect(files().every((file) => file.includes(`${path.sep}corrupt${path.sep}`))).toBe(true);
  // The empty file is gone: its process ended while it wrote.
  expect(files()).toHaveLength(3);
});

it('keeps what it cannot read for the moment, and delivers it later', async () => {
  server.answer = reply(503);
  const log = listen();
  const client = sequential(server.url, { spoolDir, maxRetries: 0, ...log.more });
  client.enqueue(task());
  await until(() => server.seen.length > 0);
  const home = path.dirname(files()[0]);
  // Opening a path below a file fails, but not with ENOENT.
  renameSync(home, path.join(spoolDir, 'away'));
  writeFileSync(home, '');
  await until(() => log.said('cannot be read now') > 0);
  log.stop();
  expect(conserved(client)).toMatchObject({ pending: 1, failed: 0, spool: { tasks: 1 } });
  server.answer = accepted;
  rmSync(home);
  renameSync(path.join(spoolDir, 'away'), home);
  expect(await client.flush({ timeout: 20_000 })).toBe(true);
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
  expect(await client.flush({ timeout: 20_000 })).toBe(true);
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
