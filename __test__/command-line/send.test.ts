// `infinium-o2 send`.
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { task, tasks } from '../support/client';
import { environmentOf, runCommand, startCommand } from '../support/command';
import { accepted, hang, reply, reset, until } from '../support/http';
import { useDirectory, useServer } from '../support/use';

const server = useServer();
const directory = useDirectory();
const names = () => server.bodies.map(({ name }) => name);
const place = (name: string) => path.join(directory.path, name);
const lines = (values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const readFailures = (name: string) =>
  readFileSync(place(name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Writes a file of tasks and returns its path. */
function write(text: string | Buffer, name = 'tasks.jsonl'): string {
  writeFileSync(place(name), text);
  return place(name);
}

const FAST = ['--rate', '100000'];
const run = (...args: string[]) =>
  runCommand(['send', ...args, ...FAST], { env: environmentOf(server) });
const start = (...args: string[]) =>
  startCommand(['send', ...args, ...FAST], { env: environmentOf(server) });

describe('send', () => {
  it('sends each line of a file once', async () => {
    const outcome = await run(write(lines(tasks(200))));
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/^Sent 200 tasks in \d+\.\d s; 0 tasks failed\.\n$/);
    expect(names().sort()).toEqual(
      tasks(200)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('sends the lines of standard input', async () => {
    const { outcome } = startCommand(['send', '-'], {
      env: environmentOf(server),
      input: lines(tasks(3)),
    });
    expect(await outcome).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Sent 3 tasks/),
    });
  });

  it('reads what programs write: other line breaks, blank lines, marks, and no end', async () => {
    const text = `\ufeff${JSON.stringify(task({ name: 'é漢😀' }))}\r\n\r\n  \n\n${JSON.stringify(task())}`;
    expect(await run(write(text))).toMatchObject({ code: 0, stderr: '' });
    expect(names().sort()).toEqual(['Name', 'é漢😀']);
  });

  it('reports each line that is no task, and sends the others', async () => {
    server.answer = (response, seen, index) =>
      (seen.body.name === 'Refused' ? reply(422, { message: 'no' }) : accepted)(
        response,
        seen,
        index,
      );
    const text = Buffer.concat([
      Buffer.from(`{"name": \n[1]\n5\n${lines([task(), task({ duration: -1 })])}`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(lines([task({ name: 'Refused' })])),
    ]);
    const outcome = await run(write(text), '--failed', place('failed.jsonl'));
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    expect(outcome.stdout).toContain(`; 6 tasks failed: see ${place('failed.jsonl')}.`);
    const failures = readFailures('failed.jsonl').sort((a, b) => a.line - b.line);
    expect(failures).toEqual([
      {
        line: 1,
        error: { name: 'SyntaxError', message: expect.stringMatching(/^not JSON: /) },
        task: '{"name": ',
      },
      {
        line: 2,
        error: { name: 'SyntaxError', message: expect.stringContaining('not a task') },
        task: '[1]',
      },
      { line: 3, error: expect.objectContaining({ name: 'SyntaxError' }), task: '5' },
      {
        line: 5,
        error: expect.objectContaining({ name: 'ValidationError', field: 'duration' }),
        task: task({ duration: -1 }),
      },
      { line: 6, error: { name: 'SyntaxError', message: 'not UTF-8' }, task: '"\ufffd"' },
      {
        line: 7,
        error: expect.objectContaining({ statusCode: 422 }),
        task: task({ name: 'Refused' }),
      },
    ]);
    expect(names().sort()).toEqual(['Name', 'Refused']);
  });

  it('shows the first failures if they go to no file', async () => {
    const { code, stderr } = await run(write('x\n'.repeat(12)));
    expect(code).toBe(1);
    expect(stderr.split('\n')).toHaveLength(12);
    expect(stderr).toMatch(/^line 1: not JSON/);
    expect(stderr).toMatch(/… and 2 more: --failed FILE/);
  });

  it('keeps no line in memory that is longer than any task', async () => {
    const long = `"${'x'.repeat(17 * 1024 * 1024)}"\n`;
    await run(write(long + lines([task()])), '--failed', place('failed.jsonl'));
    expect(readFailures('failed.jsonl')).toEqual([
      {
        line: 1,
        error: { name: 'SyntaxError', message: 'longer than 16777216 bytes' },
        task: null,
      },
    ]);
    expect(names()).toEqual(['Name']);
  });

  it('sends a file of failures again as it is', async () => {
    server.script.push(reply(500));
    const failed = place('failed.jsonl');
    const file = write(lines([task()]));
    expect(await run(file, '--failed', failed)).toMatchObject({ code: 0 });
    server.answer = reply(422);
    expect(await run(file, '--failed', failed)).toMatchObject({ code: 1 });
    server.answer = accepted;
    const outcome = await run(failed, '--failed', place('again.jsonl'));
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Sent 1 task /) });
    expect(readFailures('again.jsonl')).toEqual([]);
  });

  it('stops when the credentials are refused, and says what to do', async () => {
    server.answer = reply(401, { message: 'who are you?' });
    const outcome = await run(write(lines(tasks(500))), '--failed', place('failed.jsonl'));
    expect(outcome).toMatchObject({ code: 1 });
    expect(outcome.stderr).toMatch(/^Stopped early: .*who are you\?/);
    expect(outcome.stderr).toContain('infinium-o2 doctor');
    expect(server.seen.length).toBeLessThan(100);
    // Without a state, nobody else knows of these lines.
    expect(readFailures('failed.jsonl').length).toBeGreaterThanOrEqual(32);
  });

  it.each([
    [{ INFINIUM_AGENT_SECRET: '' }, 'agentSecret is required'],
    [{ INFINIUM_BASE_URL: 'ftp://x' }, 'baseUrl'],
    [{ INFINIUM_ENABLED: 'off' }, 'INFINIUM_ENABLED is off, so nothing would be sent'],
  ])('sends nothing if the configuration is wrong: %j', async (env, message) => {
    const { code, stderr } = await runCommand(['send', write(lines(tasks(1)))], {
      env: { ...environmentOf(server), ...env },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('refuses files that it cannot use', async () => {
    const file = write(lines(tasks(1)));
    expect(await run(place('absent'))).toMatchObject({
      code: 1,
      stderr: `${place('absent')} cannot be read: it does not exist\n`,
    });
    expect(await run(directory.path)).toMatchObject({ code: 1 });
    expect(await run(file, '--failed', file)).toMatchObject({ code: 2 });
    expect(await run(file, '--failed', place('no/such'))).toMatchObject({ code: 1 });
    expect(server.seen).toHaveLength(0);
  });
});

describe('send with a state', () => {
  it('continues where a killed process stopped, and sends no line twice that it has settled', async () => {
    const all = tasks(300);
    const file = write(lines(all));
    const state = place('state');
    // Some lines hang, so that later ones are settled before them.
    server.answer = (response, seen, index) =>
      (index >= 100 || index % 20 === 7 ? hang : accepted)(response, seen, index);
    const { child, outcome } = start(file, '--state', state, '--concurrency', '16');
    await until(() => server.seen.length >= 100 + 16 - 5);
    await until(() => {
      try {
        return JSON.parse(readFileSync(state, 'utf8')).sent === 95;
      } catch {
        return false;
      }
    });
    child.kill('SIGKILL');
    await outcome;
    const settled = names().filter((_, index) => index < 100 && index % 20 !== 7);
    server.answer = accepted;
    server.bodies.length = 0;
    server.seen.length = 0;
    const { code, stdout } = await run(file, '--state', state);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Sent 205 tasks .*\nWith earlier runs: 300 tasks sent, 0 failed\.\n$/);
    const again = names();
    expect(again.filter((name) => settled.includes(name))).toEqual([]);
    expect(new Set([...settled, ...again]).size).toBe(300);
    expect(await run(file, '--state', state)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^Earlier runs have handled all of .*: 300 tasks sent, 0 failed/,
      ),
    });
    expect(server.seen).toHaveLength(205);
    expect(readdirSync(directory.path).sort()).toEqual(['state', 'tasks.jsonl']);
  });

  it('finishes what is under way on Ctrl-C, and ends with 130', async () => {
    const file = write(lines(tasks(1_000)));
    const held: (() => void)[] = [];
    server.answer = (response, seen, index) => {
      if (index < 50) accepted(response, seen, index);
      else held.push(() => accepted(response, seen, index));
    };
    const running = start(file, '--state', place('state'), '--concurrency', '8');
    const { child, outcome } = running;
    await until(() => held.length === 8);
    child.kill('SIGINT');
    await until(() => running.stderr.includes('Finishing'));
    for (const answer of held.splice(0)) answer();
    const { code, stdout, stderr } = await outcome;
    expect([code, held]).toEqual([130, []]);
    expect(stdout).toMatch(/^Sent 58 tasks/);
    expect(stderr).toMatch(/\nStopped.\nThe same command continues here.\n$/);
    server.answer = accepted;
    expect(await run(file, '--state', place('state'))).toMatchObject({ code: 0 });
    expect(server.seen).toHaveLength(1_000);
    expect(new Set(names()).size).toBe(1_000);
  });

  it('ends at once on a second Ctrl-C, and sends what was under way again', async () => {
    const file = write(lines(tasks(10)));
    server.answer = hang;
    const running = start(file, '--state', place('state'), '--concurrency', '2');
    await until(() => server.seen.length === 2);
    running.child.kill('SIGINT');
    await until(() => running.stderr.includes('Finishing'));
    running.child.kill('SIGINT');
    const { code, stdout } = await running.outcome;
    expect([code, stdout]).toEqual([130, expect.stringMatching(/^Sent 0 tasks/)]);
    server.answer = accepted;
    await run(file, '--state', place('state'));
    expect(new Set(names()).size).toBe(10);
  });

  it('stops when the platform is down, and sends the lines without an answer again', async () => {
    const file = write(lines(tasks(40)));
    const failed = place('failed.jsonl');
    // The first reset is followed by an answer, so it is a failure of its task.
    server.answer = (response, seen, index) =>
      (index === 3 || index >= 10 ? reset : accepted)(response, seen, index);
    const args = [file, '--state', place('state'), '--failed', failed, '--concurrency', '1'];
    const down = await run(...args, '--retries', '0');
    expect(down).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Sent 9 .*; 1 task failed/),
    });
    expect(down.stderr).toMatch(/^Stopped early: .*\nThe same command continues here\./);
    const reported = readFailures('failed.jsonl').map(({ line, error }) => [line, error.name]);
    expect(reported).toEqual([[4, 'NetworkError']]);
    server.answer = accepted;
    server.bodies.length = 0;
    expect(await run(...args)).toMatchObject({ code: 0 });
    expect(names()).toEqual(
      tasks(40)
        .slice(10)
        .map(({ name }) => name),
    );
  });

  it('reports the last lines without an answer if the platform is not known to be down', async () => {
    server.answer = (response, seen, index) =>
      (index < 2 ? accepted : reset)(response, seen, index);
    const args = ['--failed', place('failed.jsonl'), '--retries', '0', '--concurrency', '1'];
    const outcome = await run(write(lines(tasks(4))), '--state', place('state'), ...args);
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    expect(readFailures('failed.jsonl').map(({ line }) => line)).toEqual([3, 4]);
  });

  it('adds to the failures of earlier runs', async () => {
    const file = write(`x\n${lines(tasks(2))}`);
    const args = [file, '--state', place('state'), '--failed', place('failed.jsonl')];
    server.answer = reply(401);
    expect(await run(...args)).toMatchObject({ code: 1 });
    expect(readFailures('failed.jsonl').map(({ line }) => line)).toEqual([1]);
    server.answer = reply(422);
    expect(await run(...args)).toMatchObject({ code: 1 });
    expect(
      readFailures('failed.jsonl')
        .map(({ line }) => line)
        .sort(),
    ).toEqual([1, 2, 3]);
  });

  it('refuses a file that has changed, and a state that it cannot read', async () => {
    const state = place('state');
    await run(write(lines(tasks(3))), '--state', state);
    const changed = await run(write(lines(tasks(3)).replace('About', 'Above')), '--state', state);
    expect(changed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has changed since'),
    });
    const longer = await run(write(lines(tasks(4))), '--state', state);
    expect(longer).toMatchObject({ code: 1, stderr: expect.stringContaining('has changed since') });
    writeFileSync(state, '{"version":1');
    const torn = await run(write(lines(tasks(3))), '--state', state);
    expect(torn).toMatchObject({ code: 1, stderr: expect.stringContaining('not a state') });
    expect(server.seen).toHaveLength(3);
  });

  it('stops if the state cannot be written', async () => {
    const { code, stderr } = await run(write(lines(tasks(500))), '--state', place('no/such'));
    expect(code).toBe(1);
    expect(stderr).toContain('no/such cannot be written: it does not exist');
    expect(server.seen.length).toBeLessThan(500);
  });
});

it('ends at once on Ctrl-C while nothing comes from standard input', async () => {
  const { child, outcome } = start('-');
  child.stdin?.write(lines(tasks(1)));
  await until(() => server.seen.length === 1);
  child.kill('SIGINT');
  const began = performance.now();
  expect(await outcome).toMatchObject({
    code: 130,
    stdout: expect.stringMatching(/^Sent 1 task /),
  });
  expect(performance.now() - began).toBeLessThan(4_000);
});

it('is not held up by standard input when the credentials are refused', async () => {
  server.answer = reply(403);
  const { child, outcome } = start('-');
  child.stdin?.write(lines(tasks(1)));
  expect(await outcome).toMatchObject({ code: 1 });
  if (child.exitCode === null) await once(child, 'exit');
});
