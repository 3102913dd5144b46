// The commands in docs/command-line.md do what it says of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environmentOf, runCommand } from '../support/command';
import { blocks } from '../support/docs';
import { reply } from '../support/http';
import { useDirectory, useServer } from '../support/use';

const server = useServer();
const directory = useDirectory();

const own = blocks.filter(({ name }) => name.startsWith('docs/command-line.md'));
const tasks = own.find(({ language }) => language === 'json')?.code ?? '';
const commands = own
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => [...code.matchAll(/(?:^|\| )npx infinium-o2 (.*?)(?: *#.*)?$/gm)])
  .map(([, args]) => args);

it('has commands and tasks', () => {
  expect(commands.length).toBeGreaterThan(6);
  expect(tasks.split('\n').length).toBeGreaterThan(2);
});

// dev.test.ts runs the local platform.
it.each(commands.filter((args) => !args.startsWith('dev')))('runs %s', async (line) => {
  server.answer = (response, seen, number) => {
    const status = seen.url.includes('/trace') ? 200 : 404;
    reply(status, { success: status === 200, message: 'unknown trace' })(response, seen, number);
  };
  const spool = path.join(directory.path, 'spool');
  mkdirSync(spool, { recursive: true });
  writeFileSync(path.join(directory.path, 'tasks.jsonl'), tasks);
  const outcome = await runCommand(line.replace('/var/spool/agent', spool).split(' '), {
    cwd: directory.path,
    env: environmentOf(server),
    input: tasks,
  });
  expect(outcome).toMatchObject({ code: 0 });
  if (line.startsWith('send')) {
    const sent = tasks
      .trim()
      .split('\n')
      .map((task) => JSON.parse(task).name);
    expect(server.bodies.map(({ name }) => name).sort()).toEqual(sent.sort());
  }
  if (line.includes('--failed')) {
    expect(readFileSync(path.join(directory.path, 'failed.jsonl'), 'utf8')).toBe('');
  }
});
