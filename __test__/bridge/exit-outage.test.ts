// The end of a process that cannot deliver what it has.
import path from 'node:path';
import { hang, reply } from '../support/http';
import { clientCode, runProgram } from '../support/program';
import { useDirectory, useServer } from '../support/use';

const server = useServer();
const folder = useDirectory();

/** A client and a task, in a program of their own. */
const begin = (more: object) =>
  clientCode(server.url, { retryDelay: undefined, quiet: true, ...more });

const enqueue = (count: number) =>
  `for (let index = 0; index < ${count}; index += 1) client.enqueue(task);`;

describe('a process that ends in an outage', () => {
  beforeEach(() => {
    server.answer = hang;
  });

  it.each(['SIGHUP', 'SIGQUIT', 'SIGUSR2'] as NodeJS.Signals[])(
    'waits on %s as on SIGTERM, and ends with it',
    async (signal) => {
      const start = performance.now();
      const code = `${begin({ exitTimeout: 400 }) + enqueue(3)}
        setInterval(() => {}, 9); process.kill(process.pid, '${signal}');`;
      const outcome = await runProgram(code);
      expect([outcome.code, outcome.signal]).toEqual([null, signal]);
      expect(performance.now() - start).toBeGreaterThan(390);
    },
  );

  it('stops waiting at a second signal', async () => {
    const code = `${begin({ exitTimeout: 60_000 }) + enqueue(3)}
      setInterval(() => {}, 9);
      require('node:child_process').spawn(process.execPath, ['--eval',
        'setTimeout(() => process.kill(' + process.pid + ', "SIGINT"), 300)'], { stdio: 'ignore' });
      process.kill(process.pid, 'SIGINT');`;
    const outcome = await runProgram(code);
    expect([outcome.code, outcome.signal]).toEqual([null, 'SIGINT']);
  });

  it('shares one budget between all clients and copies of the package', async () => {
    // If each copy had a budget of its own, the process would be killed before its end.
    const code = `const path = require.resolve('infinium-o2');
      const copies = new Set();
      for (let copy = 0; copy < 20; copy += 1) {
        for (const file of Object.keys(require.cache)) {
          if (file.endsWith('.js')) delete require.cache[file];
        }
        const infinium = require(path);
        copies.add(infinium);
        for (let one = 0; one < 2; one += 1) {
          ${begin({ exitTimeout: 1_500 }) + enqueue(1)}
        }
      }
      console.log(copies.size);
      process.exit(0);`;
    const { code: status, stdout } = await runProgram(code);
    expect([status, stdout]).toEqual([0, '20\n']);
  });

  describe('says how many tasks are lost, and what to do', () => {
    const text =
      /^\[infinium\] ERROR 3 tasks are lost: the platform did not confirm them .* doctor; .*\n$/;
    const loud = { quiet: false, exitTimeout: 50, maxRetries: 0 };

    it.each([
      ['process.exit()', 'process.exit(0);'],
      ['nothing else to do', ''],
      ['a signal', 'setInterval(() => {}, 9); process.kill(process.pid, "SIGTERM");'],
    ])('at the end by %s', async (_how, end) => {
      const { stderr } = await runProgram(begin(loud) + enqueue(3) + end);
      expect(stderr).toMatch(text);
    });

    it('in the log, too', async () => {
      const log = { ...loud, enableLogging: true, logLevel: 'ERROR' };
      expect((await runProgram(begin(log) + enqueue(3))).stderr).toMatch(text);
    });

    it('but not with quiet, nor for tasks that a spool keeps', async () => {
      expect((await runProgram(begin({ ...loud, quiet: true }) + enqueue(3))).stderr).toBe('');
      const spoolDir = path.join(folder.path, 'spool');
      expect((await runProgram(begin({ ...loud, spoolDir }) + enqueue(3))).stderr).toBe('');
    });

    it('and says nothing when all tasks were delivered', async () => {
      server.answer = reply(200);
      expect((await runProgram(begin(loud) + enqueue(3))).stderr).toBe('');
    });
  });

  it.each([
    ['NaN', 'performance.now = () => NaN;'],
    ['one that stands still', 'performance.now = () => 1; Date.now = () => 1;'],
  ])('does not depend on the clock of JavaScript, be it %s', async (_what, clock) => {
    const start = performance.now();
    const code = `${clock} ${begin({ exitTimeout: 400 }) + enqueue(3)} process.exit(4);`;
    const outcome = await runProgram(code);
    expect(outcome.code).toBe(4);
    expect(performance.now() - start).toBeGreaterThan(390);
  });
});
