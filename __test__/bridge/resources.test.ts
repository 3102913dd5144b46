// A resource that is refused is an error of a call, and never the end of the process.
import { spawnSync } from 'node:child_process';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { reply } from '../support/http';
import { clientCode, loadCode } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();

const canLimit =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('prlimit', ['--version']).status === 0;
if (!canLimit) {
  process.stderr.write('NOT TESTED: threads that cannot be started (needs root and prlimit)\n');
}

/** Runs a program that may start no more threads than Node.js has already. */
function runWithoutThreads(code: string): { status: number | null; stdout: string } {
  // The limit holds only for other users than root.
  const limited = `${loadCode} process.setgid(65534); process.setuid(65534);
    ${clientCode('http://127.0.0.1:1', { exitTimeout: 100, quiet: true })} ${code}`;
  const args = ['--nproc=1:1', process.execPath, '--eval', limited];
  return spawnSync('prlimit', args, { encoding: 'utf8', timeout: 60_000 });
}

(canLimit ? describe : describe.skip)('where no thread can be started', () => {
  it('a client that is never used does no harm', () => {
    const { status, stdout } = runWithoutThreads('console.log("done");');
    expect([status, stdout]).toEqual([0, 'done\n']);
  });

  it('calls say so, and the process ends as usual', () => {
    const { status, stdout } = runWithoutThreads(`
      const said = [];
      try { client.enqueue(task); } catch (error) { said.push(error.message); }
      client.sendTaskData(task).catch((error) => said.push(error.message))
        .then(() => console.log(JSON.stringify(said)));`);
    expect(status).toBe(0);
    const said = JSON.parse(stdout);
    expect(said).toHaveLength(2);
    for (const message of said) expect(message).toContain('no thread could be started');
  });
});

it('refuses a prompt that would not fit into memory', async () => {
  server.answer = reply(200, { content: '{{a}}'.repeat(200_000) });
  const call = sequential(server.url).getPrompt('p1', 'key-1', 'latest', { a: 'x'.repeat(3_000) });
  expect(await failure(call)).toMatchObject({ name: 'ValidationError', field: 'variables' });
});

it('keeps a bounded part of the answers of a batch', async () => {
  const large = JSON.stringify({ message: 'Accepted', padding: 'x'.repeat(9_000_000) });
  server.answer = reply(200, large);
  const { successfulTasks, results } = await concurrent(server.url).sendBatch(tasks(12));
  expect(successfulTasks).toBe(12);
  const kept = results.filter(({ data }) => data !== undefined);
  expect(kept).toHaveLength(7);
  expect(results.every(({ message }) => message === 'Accepted')).toBe(true);
});

it('refuses a task that could never be sent before it is copied', async () => {
  const huge = task({ outputSummary: 'x'.repeat(40_000_000) });
  const error = await failure(sequential(server.url).sendTaskData(huge));
  expect(error).toMatchObject({ name: 'PayloadTooLargeError', maxSize: 1_048_576 });
  expect(error.actualSize).toBeGreaterThan(40_000_000);
});
