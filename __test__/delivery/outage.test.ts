// A platform that is unavailable for a while, in many ways.
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { type Answer, accepted, cut, hang, reply, reset, until } from '../support/http';
import { accepted as acceptedBytes } from '../support/raw';
import { conserved } from '../support/stats';
import { useRawServer, useServer } from '../support/use';

const server = useServer();

/** Names of the tasks that arrived, each once, however often it was sent. */
function arrived(): string[] {
  const names = new Map(
    server.seen.map(({ headers, body }) => [headers['idempotency-key'], body.name]),
  );
  return [...names.values()].sort();
}

const all = tasks(60)
  .map(({ name }) => name)
  .sort();

it.each<[string, Answer]>([
  ['fails', reply(503)],
  ['is overrun', reply(429, {}, { 'retry-after': '0' })],
  ['asks for too much patience', reply(429, {}, { 'retry-after': '3600' })],
  ['closes connections', reply(500, {}, { connection: 'close' })],
  ['resets connections', reset],
  ['answers by halves', cut],
  ['says nothing', hang],
  ['times out by itself', reply(408)],
])('loses nothing while the platform %s', async (_how, answer) => {
  const client = sequential(server.url, { timeout: 60, maxRetries: 1, maxRetryAfter: 40 });
  for (const each of tasks(20)) client.enqueue(each);
  await client.flush();
  server.answer = answer;
  for (const each of tasks(40).slice(20)) client.enqueue(each);
  // Until the breaker is open and lets one trial at a time through.
  await until(() => server.seen.length >= 24 && client.stats().inFlight <= 1);
  expect(conserved(client)).toMatchObject({ delivered: 20, failed: 0, dropped: 0, pending: 20 });
  for (const each of tasks(60).slice(40)) client.enqueue(each);
  server.answer = accepted;
  expect(await client.flush({ timeout: 20_000 })).toBe(true);
  expect(conserved(client)).toMatchObject({ delivered: 60, failed: 0, dropped: 0 });
  expect(arrived()).toEqual(all);
});

it('sends each task once while answers are lost, as far as the platform can tell', async () => {
  const taken = new Set<unknown>();
  let lost = 0;
  server.answer = (response, seen, index) => {
    taken.add(seen.headers['idempotency-key']);
    if (index >= 40) return accepted(response, seen, index);
    lost += 1;
    return reset(response, seen, index);
  };
  // On a busy machine most of the 40 are trials, one after another.
  const client = sequential(server.url, { maxRetries: 1, maxRetryDelay: 50 });
  for (const each of tasks(60)) client.enqueue(each);
  expect(await client.flush({ timeout: 20_000 })).toBe(true);
  expect(lost).toBe(40);
  expect([taken.size, conserved(client).delivered]).toEqual([60, 60]);
  expect(arrived()).toEqual(all);
});

it('sends one trial at a time while the breaker is open', async () => {
  const fail: (() => void)[] = [];
  server.answer = (...request) => fail.push(() => reply(503)(...request));
  const client = sequential(server.url, { retryDelay: 8, maxRetries: 0, maxConcurrency: 4 });
  for (const each of tasks(60)) client.enqueue(each);
  await until(() => server.seen.length === 4);
  let most = 0;
  let open = 0;
  server.answer = (response, seen, index) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      reply(503)(response, seen, index);
    }, 10);
  };
  for (const each of fail) each();
  await until(() => server.seen.length >= 7);
  expect(most).toBe(1);
  // Each comes later than the one before: twice as late, give or take a quarter, from 50 ms on.
  const [second, third] = server.seen.slice(5).map(({ at }) => at);
  expect(third - second).toBeGreaterThan(150);
  server.answer = accepted;
  await client.flush();
  expect(conserved(client)).toMatchObject({ delivered: 60, failed: 0 });
});

it('opens the breaker after failures in a row, whatever retries are left', async () => {
  server.answer = reply(503);
  const client = sequential(server.url, { retryDelay: 50, maxConcurrency: 8 });
  for (const each of tasks(60)) client.enqueue(each);
  // Each task goes to the end of the queue after its first attempt.
  await until(() => server.seen.length >= 11);
  const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(keys.length);
  server.answer = accepted;
  await client.flush();
  expect(conserved(client)).toMatchObject({ delivered: 60, failed: 0 });
});

it('resumes at once when any other send succeeds', async () => {
  server.answer = reply(503);
  const client = sequential(server.url, { retryDelay: 5_000, maxRetries: 0 });
  client.enqueue(task());
  await until(() => server.seen.length === 1 && client.stats().inFlight === 0);
  server.answer = accepted;
  const start = performance.now();
  await client.sendTaskData(task());
  expect(await client.flush({ timeout: 3_000 })).toBe(true);
  expect(performance.now() - start).toBeLessThan(3_000);
});

it('delivers other tasks while one keeps failing, and drops that one', async () => {
  server.answer = (response, seen, index) =>
    (seen.body.name === 'poison' ? reply(500) : accepted)(response, seen, index);
  const client = sequential(server.url, { maxRetries: 1, maxConcurrency: 2 });
  client.enqueue(task({ name: 'poison' }));
  for (let round = 0; round < 10; round += 1) {
    client.enqueue(task({ name: 'good' }));
    await until(() => client.stats().delivered === round + 1);
  }
  // As others arrive, it is given up in the end.
  const more = setInterval(() => client.enqueue(task({ name: 'good' })), 5);
  await until(() => client.stats().failed === 1);
  clearInterval(more);
  await client.flush();
  expect(conserved(client)).toMatchObject({ failedByError: { ServerError: 1 }, pending: 0 });
});

it('gives up a task that fails while others are sent by hand', async () => {
  server.answer = (response, seen, index) =>
    (seen.body.name === 'poison' ? reply(500) : accepted)(response, seen, index);
  const client = sequential(server.url, { maxRetries: 0 });
  client.enqueue(task({ name: 'poison' }));
  while (client.stats().pending > 0) await client.sendTaskData(task({ name: 'good' }));
  expect(conserved(client)).toMatchObject({ failedByError: { ServerError: 1 }, pending: 0 });
  const poison = server.seen.filter(({ body }) => body.name === 'poison');
  expect(poison.length).toBeLessThanOrEqual(10);
});

it('does not close the breaker for an answer to a read', async () => {
  server.answer = (response, seen, index) =>
    (seen.method === 'POST' ? reply(503) : reply(404))(response, seen, index);
  const client = sequential(server.url, { retryDelay: 500, maxConcurrency: 4 });
  for (const each of tasks(60)) client.enqueue(each);
  const posts = () => server.seen.filter(({ method }) => method === 'POST').length;
  await until(() => posts() >= 5 && client.stats().inFlight === 0);
  const before = posts();
  for (let look = 0; look < 30; look += 1) await client.getInterpretedTaskResult('t');
  // A trial may have been due.
  expect(posts() - before).toBeLessThanOrEqual(1);
  await client.close({ timeout: 0 });
});

it.each<[string, Answer]>([
  ['a redirect', reply(302, '', { location: 'http://127.0.0.1:9/login' })],
  ['a page', reply(200, '<html>Please log in</html>', { 'content-type': 'text/html' })],
])('keeps background tasks while another server answers with %s', async (_what, answer) => {
  server.answer = answer;
  const client = sequential(server.url);
  for (const each of tasks(20)) client.enqueue(each);
  await until(() => server.seen.length >= 7);
  expect(conserved(client)).toMatchObject({ failed: 0, pending: 20 });
  // A send still fails at once.
  expect(await failure(client.sendTaskData(task()))).toMatchObject({ name: 'InfiniumError' });
  server.answer = accepted;
  expect(await client.flush({ timeout: 20_000 })).toBe(true);
  expect(conserved(client)).toMatchObject({ delivered: 20, failed: 1 });
});

it('survives a Retry-After longer than a century', async () => {
  const wait = { 'retry-after': '99999999999999999999' };
  const client = sequential(server.url, { maxRetryAfter: Number.MAX_VALUE, maxRetries: 0 });
  for (const status of [503, 429]) {
    server.seen.length = 0;
    server.answer = reply(status, {}, wait);
    client.enqueue(task());
    await until(() => server.seen.length === 1 && client.stats().inFlight === 0);
    expect(conserved(client)).toMatchObject({ pending: 1, failed: 0, dropped: 0 });
    server.answer = accepted;
    await client.sendTaskData(task());
    expect(await client.flush({ timeout: 5_000 })).toBe(true);
  }
});

it('slows retries down when nothing but retries is left', async () => {
  server.answer = reply(500);
  const client = concurrent(server.url, { maxRetries: 6, maxConcurrency: 128 });
  const start = performance.now();
  const batches = Array.from({ length: 1 }, () =>
    client.sendBatch(tasks(100), { deadline: 2_500 }),
  );
  await Promise.all(batches.map((batch) => failure(batch)));
  expect(performance.now() - start).toBeGreaterThan(2_400);
  // 100 first attempts, the quota of 500 retries, then ten a second.
  expect(server.seen.length).toBeGreaterThanOrEqual(590);
  expect(server.seen.length).toBeLessThanOrEqual(640);
});

describe('a connection that was closed while it was idle', () => {
  const raw = useRawServer();

  it('costs one retry and no wait', async () => {
    const client = sequential(raw.url, { retryDelay: 60_000, maxRetries: 1 });
    await client.sendTaskData(task());
    raw.answer = (socket, index) => {
      // Like a server that closed the connection meanwhile, when its FIN was lost.
      if (index === 1) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    };
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await client.sendTaskData(task(), { deadline: 10_000 })).toMatchObject({
      success: true,
    });
    expect([raw.requests, raw.connections]).toEqual([3, 2]);
    expect(conserved(client)).toMatchObject({ delivered: 2, retries: 1 });
  });

  it('costs nothing when that is known before anything is sent', async () => {
    const client = sequential(raw.url, { maxRetries: 0 });
    const closed = new Promise((resolve) => {
      raw.answer = (socket) => {
        raw.answer = (next) => next.write(acceptedBytes);
        // The client has closed its side, so it knows.
        socket.once('close', resolve);
        socket.end(acceptedBytes);
      };
    });
    await client.sendTaskData(task());
    await closed;
    await client.sendTaskData(task());
    expect([raw.requests, raw.connections]).toEqual([2, 2]);
    expect(conserved(client)).toMatchObject({ delivered: 2, retries: 0 });
  });

  it('differs from a connection that never worked: the retry waits', async () => {
    const client = sequential(server.url, { retryDelay: 400, maxRetries: 1 });
    server.script.push((...request) => setTimeout(() => reset(...request), 150));
    const start = performance.now();
    await client.sendTaskData(task());
    expect(performance.now() - start).toBeGreaterThan(150 + 280);
  });

  it('differs from a connection that breaks in use: the retry waits', async () => {
    const client = sequential(server.url, { retryDelay: 300, maxRetries: 1 });
    await client.sendTaskData(task());
    server.script.push(reset);
    const start = performance.now();
    await client.sendTaskData(task());
    expect(performance.now() - start).toBeGreaterThan(220);
  });
});
