// The end of a process that cannot deliver what it has.
import { hang } from '../support/http';
import { clientCode, runProgram } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();

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
