// The end of a process, and the tasks that arrive before it.
import { Worker } from 'node:worker_threads';
import { agentId, agentSecret } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { clientCode, loadCode, runProgram } from '../support/program';
import { http } from '../support/raw';
import { useRawServer, useServer } from '../support/use';

const server = useServer();

/** A client and a task, in a program of their own. */
function begin(more: object = {}): string {
  // Longer than any test, so that only those that set another time depend on it.
  const config = { retryDelay: undefined, exitTimeout: 20_000, ...more };
  return `${clientCode(server.url, config)}
    const listeners = () => ['beforeExit', 'exit', 'SIGTERM', 'SIGINT']
      .map((event) => process.listenerCount(event));
  `;
}

const enqueue = (count: number) =>
  `for (let index = 0; index < ${count}; index += 1) client.enqueue(task);`;
const send = (count: number) =>
  `for (let index = 0; index < ${count}; index += 1) client.sendTaskData(task).catch(() => {});`;
const trace = (count: number) =>
  `const traced = client.trace('traced', () => 1); for (let index = 0; index < ${count}; index += 1) traced();`;

const ends: [string, string, number | null, NodeJS.Signals | null][] = [
  ['has nothing left to do', '', 0, null],
  ['calls process.exit(0)', 'process.exit(0);', 0, null],
  ['calls process.exit(3)', 'process.exit(3);', 3, null],
  ['sets an exit code', 'process.exitCode = 5;', 5, null],
  ['throws', 'throw new Error("mine");', 1, null],
  [
    'leaves a rejection unhandled',
    'Promise.reject(new Error("mine")); setInterval(() => {}, 9);',
    1,
    null,
  ],
  [
    'is sent SIGTERM',
    'setInterval(() => {}, 9); process.kill(process.pid, "SIGTERM");',
    null,
    'SIGTERM',
  ],
  [
    'is sent SIGINT',
    'setInterval(() => {}, 9); process.kill(process.pid, "SIGINT");',
    null,
    'SIGINT',
  ],
];

describe.each([
  ['enqueue', enqueue],
  ['sendTaskData', send],
  ['trace', trace],
])('what was handed over by %s arrives', (_how, handOver) => {
  it.each(ends)('when the process %s', async (_why, end, code, signal) => {
    const outcome = await runProgram(begin() + handOver(1_000) + end);
    expect(server.seen).toHaveLength(1_000);
    expect([outcome.code, outcome.signal]).toEqual([code, signal]);
  });
});

describe.each([
  ['says nothing', hang],
  ['fails', reply(503)],
])('when the platform %s', (_how, answer) => {
  beforeEach(() => {
    server.answer = answer;
  });

  it.each(ends)(
    'the end of a process that %s takes the exitTimeout',
    async (_why, end, code, signal) => {
      const start = performance.now();
      const outcome = await runProgram(begin({ exitTimeout: 400 }) + enqueue(50) + end);
      // One that waits for longer than this machine may be busy is killed.
      expect([outcome.code, outcome.signal]).toEqual([code, signal]);
      expect(performance.now() - start).toBeGreaterThan(390);
    },
  );
});

it('waits for nothing with exitTimeout 0', async () => {
  server.answer = hang;
  const code = `${begin({ exitTimeout: 0 }) + enqueue(10)} console.log(listeners().join());`;
  const { code: status, stdout } = await runProgram(code);
  expect([status, stdout]).toEqual([0, '0,0,0,0\n']);
});

it('goes on beyond the exitTimeout as long as anything gets through', async () => {
  server.answer = (response, seen, index) => {
    setTimeout(() => accepted(response, seen, index), 250);
  };
  // A busy machine may take seconds for one task, but hardly this long.
  const outcome = await runProgram(begin({ exitTimeout: 3_000, maxConcurrency: 1 }) + enqueue(13));
  expect(outcome.code).toBe(0);
  expect(server.seen).toHaveLength(13);
});

it('listens to the process only while something is pending', async () => {
  // The end of the last task reaches JavaScript a moment after flush and close.
  const { stdout } = await runProgram(`${begin()}
    const idle = async () => {
      const limit = performance.now() + 10_000;
      while (listeners().some(Boolean) && performance.now() < limit) {
        await new Promise(setImmediate);
      }
      return listeners();
    };
    (async () => {
      const seen = [listeners()];
      client.enqueue(task);
      client.enqueue(task);
      seen.push(listeners());
      await client.flush();
      seen.push(await idle());
      const sent = client.sendTaskData(task);
      seen.push(listeners());
      await sent;
      seen.push(await idle());
      client.enqueue(task);
      seen.push(listeners());
      await client.close();
      seen.push(await idle());
      console.log(JSON.stringify(seen));
    })();`);
  const [off, on] = [
    [0, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  expect(JSON.parse(stdout)).toEqual([off, on, off, on, off, on, off]);
});

describe('signal listeners of the user', () => {
  it('take precedence: the process ends when they say so', async () => {
    // No task is answered before the listener asks for it, so all of them are pending until then.
    const held: (() => void)[] = [];
    server.answer = (response, seen, index) => {
      if (seen.url !== '/api/v1/release') {
        held.push(() => accepted(response, seen, index));
        return;
      }
      server.answer = accepted;
      accepted(response, seen, index);
      for (const answer of held) answer();
    };
    const { code, stdout } = await runProgram(`${begin()}
      const timer = setInterval(() => {}, 1_000);
      process.on('SIGTERM', async () => {
        console.log('mine', client.stats().pending);
        await (await fetch('${server.url}/release')).text();
        console.log('later');
        clearInterval(timer);
      });
      ${enqueue(20)}
      process.kill(process.pid, 'SIGTERM');`);
    expect([code, stdout]).toEqual([0, 'mine 20\nlater\n']);
    expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(20);
  });

  it('may end the process themselves', async () => {
    const { code } = await runProgram(`${begin()}
      setInterval(() => {}, 1_000);
      ${enqueue(500)}
      process.once('SIGINT', () => process.exit(130));
      process.kill(process.pid, 'SIGINT');`);
    expect(code).toBe(130);
    expect(server.seen).toHaveLength(500);
  });

  it('of the package signal-exit stand back as ours do, and the process ends all the same', async () => {
    const { signal } = await runProgram(`
      const { onExit } = require('signal-exit');
      onExit(() => {});
      ${begin()}
      setInterval(() => {}, 1_000);
      ${enqueue(100)}
      process.kill(process.pid, 'SIGTERM');`);
    expect(signal).toBe('SIGTERM');
    expect(server.seen).toHaveLength(100);
  });

  it('are not those of another copy of this package', async () => {
    const { signal, stdout } = await runProgram(`
      const first = require.resolve('infinium-o2');
      for (const file of Object.keys(require.cache)) {
        if (file.endsWith('.js')) delete require.cache[file];
      }
      const again = require(first);
      console.log(again.InfiniumClient === infinium.InfiniumClient);
      ${begin()}
      setInterval(() => {}, 1_000);
      ${enqueue(100)}
      const other = new again.InfiniumClient(${JSON.stringify({ agentId, agentSecret, baseUrl: server.url })});
      other.enqueue(task);
      process.kill(process.pid, 'SIGTERM');`);
    expect([signal, stdout]).toEqual(['SIGTERM', 'false\n']);
    expect(server.seen).toHaveLength(101);
  });
});

describe('a worker thread', () => {
  const inside = (end: string) => {
    const code = `${loadCode}
      ${begin()} ${enqueue(300)}
      require('node:worker_threads').parentPort.postMessage('ready');
      ${end}`;
    return `const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(code)}, { eval: true });`;
  };

  it.each([
    ['ends by itself', '', ''],
    ['exits', 'process.exit();', ''],
    [
      'is terminated',
      'setInterval(() => {}, 9);',
      "worker.once('message', () => worker.terminate());",
    ],
    [
      'is terminated, and the process exits',
      'setInterval(() => {}, 9);',
      "worker.once('message', () => worker.terminate().then(() => process.exit()));",
    ],
    [
      'works when the process exits',
      'setInterval(() => {}, 9);',
      "worker.once('message', () => process.exit());",
    ],
  ])('that %s delivers', async (_how, end, outside) => {
    const { code, stderr } = await runProgram(inside(end) + outside);
    expect([code, stderr]).toEqual([0, '']);
    expect(server.seen).toHaveLength(300);
  });
});

it('leaves nothing behind when a client is forgotten with tasks that are pending', async () => {
  const { code } = await runProgram(`${begin()}
    const infinium2 = infinium;
    (() => {
      const other = new infinium2.InfiniumClient(${JSON.stringify({ agentId, agentSecret, baseUrl: server.url })});
      for (let index = 0; index < 10; index += 1) other.enqueue(task);
    })();`);
  expect(code).toBe(0);
  await until(() => server.seen.length === 10);
});

describe('the last moments', () => {
  const raw = useRawServer();

  it.each(['SIGTERM', 'SIGINT'])(
    'belong to a listener that is called once for %s',
    async (signal) => {
      const { code, stdout } = await runProgram(`${begin()}
      setInterval(() => {}, 1_000);
      process.once('${signal}', async () => {
        await client.flush();
        console.log('done');
        process.exit(0);
      });
      ${enqueue(200)}
      process.kill(process.pid, '${signal}');`);
      expect([code, stdout]).toEqual([0, 'done\n']);
      expect(server.seen).toHaveLength(200);
    },
  );

  it.each<[string, string, number | null]>([
    ['that was just begun', 'process.exit(0);', 0],
    ['when the program throws', 'throw new Error("mine");', 1],
  ])('are enough for a sequential batch %s', async (_when, end, code) => {
    const outcome = await runProgram(`${begin()}
      client.sendBatchSequential(Array(100).fill(task)).catch(() => {});
      ${end}`);
    expect(outcome.code).toBe(code);
    expect(server.seen).toHaveLength(100);
  });

  it.each<[string, string, number]>([
    ['exits by itself', 'process.exit(6);', 6],
    // Node.js has settled for the code by then.
    ['throws', 'throw new Error("mine");', 0],
  ])('come before a listener that %s', async (_how, listener, code) => {
    const outcome = await runProgram(`${begin()}
      process.on('exit', () => { ${listener} });
      ${enqueue(300)}
      process.exit(0);`);
    expect(outcome.code).toBe(code);
    expect(server.seen).toHaveLength(300);
  });

  it.each([0, 300])(
    'are enough for what a listener hands over, after %s others',
    async (others) => {
      const { code } = await runProgram(`${begin()}
      process.on('exit', () => { ${enqueue(100)} });
      ${enqueue(others)}
      process.exit(3);`);
      expect(code).toBe(3);
      expect(server.seen).toHaveLength(100 + others);
    },
  );

  it('are as many for all that listeners hand over as for anything', async () => {
    server.answer = hang;
    // If each task had its own time, the process would be killed before its end.
    const { code } = await runProgram(`${begin({ exitTimeout: 300 })}
      process.on('exit', () => { ${enqueue(200)} });
      process.exit(0);`);
    expect(code).toBe(0);
  });

  it.each(['flush', 'close'])('end when a listener of beforeExit calls %s', async (method) => {
    const { code, stdout } = await runProgram(`${begin()}
      let rounds = 0;
      process.on('beforeExit', async () => {
        rounds += 1;
        if (rounds > 5) process.exit(9);
        await client.${method}();
      });
      process.on('exit', () => console.log(rounds));
      ${enqueue(10)}`);
    expect([code, server.seen.length]).toEqual([0, 10]);
    expect(Number(stdout)).toBeLessThanOrEqual(2);
  });

  it('of a worker thread are the last that is sent for it', async () => {
    raw.answer = (socket) => socket.write(http('503 Down', { 'content-length': 2 }, '{}'));
    const config = { exitTimeout: 50, maxRetries: 100, retryDelay: 5, maxRetryDelay: 5 };
    const code = `${loadCode}
      ${clientCode(raw.url, config)}
      for (let index = 0; index < 3; index += 1) client.sendTaskData(task).catch(() => {});
      client.waitForInterpretation('t', { pollInterval: 5 }).catch(() => {});
      require('node:worker_threads').parentPort.postMessage('ready');`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    await until(() => raw.requests > 10);
    await worker.terminate();
    // What was under way may still arrive. After that, nobody uses the connections.
    await until(() => raw.open.size === 0);
    const { requests, connections } = raw;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(raw).toMatchObject({ requests, connections });
  });
});
