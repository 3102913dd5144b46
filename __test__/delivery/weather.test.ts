// What the network and the platform do to others must not reach what a program awaits.
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();

/** How long a call takes, in milliseconds. */
async function time(call: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call;
  return performance.now() - start;
}

const prompt = reply(200, { content: 'Hello', version: 1 });

describe('an awaited call', () => {
  it('is not held up by background requests that hang', async () => {
    server.answer = (response, seen, index) =>
      seen.method === 'GET' ? prompt(response, seen, index) : hang(response, seen, index);
    const client = sequential(server.url, { maxConcurrency: 4 });
    for (const each of tasks(20)) client.enqueue(each);
    await until(() => server.seen.length >= 4);
    expect(await time(client.getPrompt('p1', 'key-1'))).toBeLessThan(2_000);
    server.answer = accepted;
    expect(await time(client.sendTaskData(task()))).toBeLessThan(2_000);
    await client.close({ timeout: 0 });
  });

  it('is not held up by a batch that hangs', async () => {
    server.answer = (response, seen, index) =>
      seen.method === 'GET' ? prompt(response, seen, index) : hang(response, seen, index);
    const client = concurrent(server.url, { maxConcurrency: 4 });
    const signal = new AbortController();
    const batch = client.sendBatch(tasks(20), { signal: signal.signal });
    await until(() => server.seen.length >= 4);
    expect(await time(client.getPrompt('p1', 'key-1'))).toBeLessThan(2_000);
    signal.abort();
    await failure(batch);
  });

  it('does not wait while the background was told to', async () => {
    const limited = reply(429, {}, { 'retry-after': '20' });
    server.answer = (response, seen, index) => {
      const isPrompt = seen.method === 'GET';
      (isPrompt ? prompt : limited)(response, seen, index);
    };
    const client = sequential(server.url);
    client.enqueue(task());
    await until(() => server.seen.length > 0);
    expect(await time(client.getPrompt('p1', 'key-1'))).toBeLessThan(2_000);
    // It gets the platform's own answer.
    expect(await failure(client.sendTaskData(task()))).toMatchObject({ retryAfter: 20 });
    server.answer = accepted;
    expect(await time(client.sendTaskData(task()))).toBeLessThan(2_000);
    await client.close({ timeout: 0 });
  });

  it('overtakes a thousand tasks at the rate limit', async () => {
    const client = sequential(server.url, { enableRateLimiting: true, requestsPerSecond: 20 });
    for (const each of tasks(1_000)) client.enqueue(each);
    await until(() => server.seen.length >= 40);
    expect(await time(client.sendTaskData(task()))).toBeLessThan(1_000);
    await client.close({ timeout: 0 });
  });
});

it('keeps up in a brown-out, at the cost of few requests', async () => {
  // One in ten hangs for ever; the timeout is that of the defaults.
  server.answer = (response, seen, index) =>
    (index % 10 === 3 ? hang : accepted)(response, seen, index);
  const client = sequential(server.url, { maxConcurrency: 4, timeout: 30_000 });
  for (const each of tasks(60)) client.enqueue(each);
  await until(() => client.stats().delivered >= 55);
  expect(conserved(client)).toMatchObject({ failed: 0 });
  expect(server.seen.length).toBeLessThan(80);
  await client.close({ timeout: 0 });
}, 30_000);

describe('a balancer that resets connections above four', () => {
  let front: NetServer;
  let vain = 0;
  const open = new Set<Socket>();

  beforeEach(async () => {
    vain = 0;
    // It hands connections on to the real server.
    front = createServer((socket) => {
      if (open.size >= 4) {
        vain += 1;
        socket.resetAndDestroy();
        return;
      }
      open.add(socket);
      const { port } = new URL(server.url);
      const onward = require('node:net').connect(Number(port), '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      const end = () => {
        open.delete(socket);
        socket.destroy();
        onward.destroy();
      };
      for (const end_ of [socket, onward]) end_.on('error', end).on('close', end);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    for (const socket of open) socket.destroy();
    front.close();
  });

  it('gets as many as it takes, and everything arrives', async () => {
    server.answer = (response, seen, index) => {
      setTimeout(() => accepted(response, seen, index), 20);
    };
    const { port } = front.address() as { port: number };
    const client = concurrent(`http://127.0.0.1:${port}`, { retryDelay: 50, maxRetryDelay: 500 });
    for (const each of tasks(190)) client.enqueue(each);
    const batch = await client.sendBatch(tasks(40));
    expect(batch.failedTasks).toBe(0);
    expect(await client.flush({ timeout: 20_000 })).toBe(true);
    expect(conserved(client)).toMatchObject({ delivered: 230, failed: 0 });
    expect(vain).toBeLessThan(400);
    await client.close();
  }, 30_000);
});

it.each<[string, (text: string) => Buffer]>([
  ['gzip', (text) => gzipSync(text)],
  ['deflate', (text) => deflateSync(text)],
  ['deflate', (text) => deflateRawSync(text)],
  ['br', (text) => brotliCompressSync(text)],
])('understands an answer that a proxy has compressed with %s', async (encoding, compress) => {
  server.answer = (response, seen) => {
    const body = seen.method === 'GET' ? { content: 'Hello' } : { message: 'Accepted' };
    response.writeHead(200, { 'content-encoding': encoding });
    response.end(compress(JSON.stringify(body)));
  };
  const client = sequential(server.url);
  expect(await client.sendTaskData(task())).toMatchObject({ message: 'Accepted' });
  expect((await client.getPrompt('p1', 'key-1')).content).toBe('Hello');
  client.enqueue(task());
  expect(await client.flush({ timeout: 5_000 })).toBe(true);
  expect(server.seen).toHaveLength(3);
  expect(server.seen.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true);
});

it.each([401, 403, 404, 405, 407, 413, 421, 451])(
  'keeps what waits while a proxy answers %i with pages, or with nothing',
  async (status) => {
    const page = reply(status, '<html>Who are you?</html>', { 'content-type': 'text/html' });
    const empty = reply(status, '');
    server.answer = (response, seen, index) => (index % 2 ? page : empty)(response, seen, index);
    const client = sequential(server.url);
    for (const each of tasks(10)) client.enqueue(each);
    await until(() => server.seen.length >= 6);
    expect(conserved(client)).toMatchObject({ pending: 10, failed: 0 });
    server.answer = accepted;
    expect(await client.flush({ timeout: 20_000 })).toBe(true);
    expect(conserved(client)).toMatchObject({ delivered: 10, failed: 0 });
  },
);

it('fails a task that the platform answers with success: false', async () => {
  server.answer = reply(200, { success: false, message: 'The agent is asleep' });
  const client = concurrent(server.url);
  const error = await failure(client.sendTaskData(task()));
  expect(error).toMatchObject({ name: 'InfiniumError', statusCode: 200 });
  expect(error.message).toContain('The agent is asleep');
  expect(await client.sendBatch(tasks(2))).toMatchObject({ failedTasks: 2, successfulTasks: 0 });
  client.enqueue(task());
  expect(await client.flush({ timeout: 5_000 })).toBe(true);
  expect(conserved(client)).toMatchObject({ failed: 4, delivered: 0 });
});

it('prints no control characters of names and answers', async () => {
  server.answer = reply(422, { message: 'no\nERROR forged \u001b[2J' });
  const { errors } = await concurrent(server.url).sendBatch([task({ name: 'a\u202e\nb' })]);
  expect(errors).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  expect(errors[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
});

it('ends a call whose signal cannot be read', async () => {
  const mine = new Error('mine');
  const signal = {
    get aborted(): boolean {
      throw mine;
    },
    addEventListener() {},
    removeEventListener() {},
  };
  const client = concurrent(server.url);
  expect(await failure(client.sendTaskData(task(), { signal: signal as any }))).toBe(mine);
  const batch = await failure(client.sendBatch(tasks(2), { signal: signal as any }));
  expect(batch.cause).toBe(mine);
  expect(await client.flush({ timeout: 5_000 })).toBe(true);
  expect(conserved(client)).toMatchObject({ pending: 0 });
});
