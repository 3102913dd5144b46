// Faults of the network at any byte, and limits of memory and threads.
import type { Socket } from 'node:net';
import { concurrent, failure, options, sequential, task, tasks } from '../support/client';
import { until } from '../support/http';
import { runProgram } from '../support/program';
import { accepted, http } from '../support/raw';
import { conserved } from '../support/stats';
import { useRawServer, useServer } from '../support/use';

const server = useRawServer();
const plain = useServer();

const answer = http(
  '200 OK',
  { 'content-type': 'application/json', 'content-length': 15 },
  '{"traceId":"1"}',
);

it.each<[string, (socket: Socket) => void]>([
  ['is reset', (socket) => socket.resetAndDestroy()],
  ['ends', (socket) => socket.end()],
])('delivers when a connection %s at any byte of the answer', async (_how, end) => {
  const client = sequential(server.url, { maxRetries: 1 });
  for (let byte = 0; byte < answer.length; byte += 1) {
    server.requests = 0;
    server.answer = (socket, index) => {
      if (index > 0) socket.write(answer);
      else socket.write(answer.slice(0, byte), () => end(socket));
    };
    expect(await client.sendTaskData(task())).toMatchObject({ data: { traceId: '1' } });
    expect(server.requests).toBe(2);
  }
  expect(conserved(client)).toMatchObject({ delivered: answer.length, retries: answer.length });
});

it('delivers when a connection is reset at any byte of the request', async () => {
  const client = sequential(server.url);
  let total = 0;
  for (let byte = 1; byte === 1 || byte < total; byte += 7) {
    server.limit = byte;
    expect(await client.sendTaskData(task())).toMatchObject({ success: true });
    expect(server.limit).toBe(undefined);
    total = server.length;
    // The next one begins with a connection of its own.
    for (const socket of server.open) socket.destroy();
    await until(() => server.open.size === 0);
  }
  expect(conserved(client).failed).toBe(0);
});

it('tries again over a new connection when those that it has lead nowhere', async () => {
  const client = concurrent(server.url, { maxRetries: 1, timeout: 1_000 });
  const held: Socket[] = [];
  server.answer = (socket) => {
    held.push(socket);
    if (held.length === 3) for (const each of held) each.write(accepted);
  };
  await client.sendBatch(tasks(3));
  server.answer = (socket) => held.includes(socket) || socket.write(accepted);
  expect(await client.sendTaskData(task())).toMatchObject({ success: true });
});

it('takes an answer that comes byte by byte', async () => {
  server.answer = (socket) => {
    const bytes = [...answer];
    const drip = setInterval(() => {
      const byte = bytes.shift();
      if (byte === undefined) clearInterval(drip);
      else socket.write(byte);
    }, 1);
  };
  const client = sequential(server.url, { maxRetries: 0 });
  expect(await client.sendTaskData(task())).toMatchObject({ data: { traceId: '1' } });
});

it('waits for an answer that drips no longer than the timeout', async () => {
  server.answer = (socket) => {
    const drip = setInterval(() => socket.write('x'), 5);
    socket.once('close', () => clearInterval(drip));
    socket.write(http('200 OK', { 'content-length': 1_000_000 }));
  };
  const client = sequential(server.url, { maxRetries: 0, timeout: 100 });
  expect(await failure(client.sendTaskData(task()))).toMatchObject({ name: 'TimeoutError' });
  await until(() => server.open.size === 0);
});

it.each([
  ['a server that speaks no TLS', () => plain.url.replace('http:', 'https:'), 'NetworkError'],
  ['a host that is not there', () => 'https://nowhere.invalid/api/v1', 'NetworkError'],
  ['a port where nobody listens', () => 'http://127.0.0.1:1/api/v1', 'NetworkError'],
])('keeps tasks while baseUrl leads to %s', async (_where, url, name) => {
  const client = sequential(url(), { maxRetries: 0, timeout: 2_000 });
  expect(await failure(client.sendTaskData(task()))).toMatchObject({ name });
  for (const each of tasks(10)) client.enqueue(each);
  expect(await client.flush({ timeout: 200 })).toBe(false);
  expect(conserved(client)).toMatchObject({ pending: 10, failed: 1 });
  await client.close({ timeout: 0 });
});

describe('memory and threads', () => {
  const begin = () => `
    const { AsyncInfiniumClient } = infinium;
    const config = ${JSON.stringify({ ...options(server.url), exitTimeout: 0 })};
    const task = ${JSON.stringify(task({ outcome: 'x'.repeat(8_000) }))};
    const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
    const threads = () => require('node:fs').readdirSync('/proc/self/task').length;
    // Pages that were given back count as used until the kernel wants them.
    const used = () => { globalThis.gc?.(); return process.memoryUsage().rss / 1048576; };
  `;
  const flags = { NODE_OPTIONS: '--expose-gc' };

  it('takes no more than it may for 82 MB that a platform does not take', async () => {
    server.answer = () => {};
    const { stdout, stderr } = await runProgram(
      `${begin()}
      (async () => {
        const client = new AsyncInfiniumClient(config);
        client.enqueue(task);
        await settle();
        const before = used();
        let most = 0;
        for (let index = 1; index < 10_000; index += 1) {
          client.enqueue({ ...task, name: String(index) });
          if (index % 200 !== 0) continue;
          most = Math.max(most, used());
          await new Promise(setImmediate);
        }
        console.log(JSON.stringify({ growth: most - before, ...client.stats() }));
        process.exit();
      })();`,
      flags,
    );
    expect(stderr).toContain('INFINIUM_QUEUE');
    const { growth, submitted, dropped, pending, bytes } = JSON.parse(stdout);
    expect(growth).toBeLessThan(64 + 16);
    expect([submitted, dropped + pending]).toEqual([10_000, 10_000]);
    expect(bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(63 * 1024 * 1024);
  });

  it('takes no more than it may for 82 tasks of 1 MB', async () => {
    server.answer = () => {};
    const { stdout, stderr } = await runProgram(
      `${begin()}
      (async () => {
        const client = new AsyncInfiniumClient(config);
        client.enqueue(task);
        await settle();
        const before = used();
        let most = 0;
        for (let index = 0; index < 82; index += 1) {
          client.enqueue({ ...task, outputSummary: 'x'.repeat(1_000_000) });
          await new Promise(setImmediate);
          gc();
          most = Math.max(most, used());
        }
        // Until connections have taken what they take.
        const end = performance.now() + 500;
        while (performance.now() < end) {
          await new Promise(setImmediate);
          most = Math.max(most, used());
        }
        console.log(most - before);
        process.exit();
      })();`,
      flags,
    );
    expect(stderr).toContain('INFINIUM_QUEUE');
    expect(Number(stdout)).toBeLessThan(64 + 16);
  });

  it('leaves nothing behind of clients, calls, errors and threads', async () => {
    const { stdout, stderr } = await runProgram(
      `${begin()}
      const { Worker } = require('node:worker_threads');
      const inWorker = ${JSON.stringify('const infinium = require(require("node:worker_threads").workerData);')}
        + ${JSON.stringify(begin())} + 'new AsyncInfiniumClient(config).enqueue(task);';
      const work = async (rounds) => {
        for (let round = 0; round < rounds; round += 1) {
          const client = new AsyncInfiniumClient(config);
          client.enqueue(task);
          await client.sendBatch([task, {}]);
          await client.sendTaskData({}).catch(() => {});
          if (round % 2 === 0) await client.close();
        }
        for (let round = 0; round < rounds / 100; round += 1) {
          const worker = new Worker(inWorker, { eval: true, workerData: ${JSON.stringify(process.cwd())} });
          await new Promise((resolve) => worker.once('exit', resolve));
        }
        await settle();
      };
      (async () => {
        const alone = threads();
        await work(300);
        const warm = used();
        await work(600);
        console.log(JSON.stringify({ growth: used() - warm, threads: threads() - alone }));
      })();`,
      flags,
    );
    expect(stderr).toBe('');
    const { growth, threads } = JSON.parse(stdout);
    expect(growth).toBeLessThan(12);
    expect(threads).toBeLessThanOrEqual(2);
  });
});
