// Tasks in the background.
import { InfiniumError, PayloadTooLargeError, setupLogging, ValidationError } from 'infinium-o2';
import { expectOrder } from '../support/arrivals';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { collectLog } from '../support/log';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();

const names = () => server.seen.map(({ body }) => body.name);

describe('enqueue', () => {
  it('returns before anything is sent, and delivers', async () => {
    const client = sequential(server.url);
    for (const each of tasks(50)) expect(client.enqueue(each)).toBe(true);
    expect(server.seen).toHaveLength(0);
    expect(conserved(client)).toMatchObject({ submitted: 50, pending: 50 });
    expect(await client.flush()).toBe(true);
    expect(names().sort()).toEqual(
      tasks(50)
        .map(({ name }) => name)
        .sort(),
    );
    expect(conserved(client)).toMatchObject({
      delivered: 50,
      pending: 0,
      bytes: 0,
      oldestAgeMs: 0,
    });
  });

  it('sends them in order where only one may be under way', async () => {
    const client = sequential(server.url, { maxConcurrency: 1 });
    for (const each of tasks(30)) client.enqueue(each);
    await client.flush();
    expect(names()).toEqual(tasks(30).map(({ name }) => name));
  });

  it('sends them in order, as the rate limit lets it', async () => {
    const client = sequential(server.url, { enableRateLimiting: true, requestsPerSecond: 20 });
    const all = tasks(48);
    for (const each of all) client.enqueue(each);
    await client.flush();
    // Those of the burst start at once, and arrive in any order.
    const late = all.slice(40).map(({ name }) => name);
    expectOrder(server, late, 40);
  });

  it('reads the task before it returns', async () => {
    const client = sequential(server.url);
    const mine = task({ outcome: 'before' });
    client.enqueue(mine);
    mine.outcome = 'after';
    await client.flush();
    expect(server.seen[0].body.outcome).toBe('before');
  });

  it('fills in the time when it was called', async () => {
    const client = sequential(server.url);
    const before = Date.now();
    const { currentDatetime: _, ...fields } = task();
    client.enqueue(fields);
    const after = Date.now();
    await client.flush();
    const at = Date.parse(server.seen[0].body.current_datetime);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(after);
  });

  it.each<[string, unknown, string]>([
    ['no name', task({ name: undefined }), 'name'],
    ['a wrong type', task({ duration: 'long' as never }), 'duration'],
    ['null', null, 'task'],
    ['a BigInt', task({ steps: 1n as never }), 'steps'],
  ])('throws for %s, and counts nothing', (_what, wrong, field) => {
    const client = sequential(server.url);
    const attempt = () => client.enqueue(wrong as never);
    expect(attempt).toThrow(ValidationError);
    expect(attempt).toThrow(expect.objectContaining({ field }));
    expect(conserved(client).submitted).toBe(0);
  });

  it('throws for a task that is too large', () => {
    const client = sequential(server.url);
    const large = task({ outcome: 'x'.repeat(1_100_000) });
    expect(() => client.enqueue(large)).toThrow(PayloadTooLargeError);
  });

  it('throws at the line of its caller', () => {
    try {
      sequential(server.url).enqueue({} as never);
    } catch (error: any) {
      expect(error.stack.split('\n')[1]).toContain('enqueue.test.ts');
      return;
    }
    throw new Error('it did not throw');
  });

  it('throws once the client is closed', async () => {
    const client = sequential(server.url);
    client.enqueue(task());
    expect(await client.close()).toBe(true);
    expect(server.seen).toHaveLength(1);
    expect(() => client.enqueue(task())).toThrow(InfiniumError);
  });

  it('keeps to the rate limit', async () => {
    const client = sequential(server.url, { enableRateLimiting: true, requestsPerSecond: 20 });
    const start = performance.now();
    for (const each of tasks(45)) client.enqueue(each);
    await client.flush();
    // Forty at once, five more at twenty a second.
    expect(server.seen[44].at - start).toBeGreaterThan(240);
    expect(conserved(client).limiterWaits).toBeGreaterThan(0);
  });

  it('counts what the platform refuses, and says so in the log', async () => {
    const lines = collectLog();
    const client = sequential(server.url, { enableLogging: true, logLevel: 'ERROR' });
    server.script.push(reply(422), reply(413), reply(401), reply(418));
    for (const each of tasks(6)) client.enqueue(each);
    await client.flush();
    await client.close();
    await until(() => lines.length >= 4);
    setupLogging();
    expect(conserved(client)).toMatchObject({
      delivered: 2,
      failed: 4,
      failedByError: {
        ValidationError: 1,
        PayloadTooLargeError: 1,
        AuthenticationError: 1,
        InfiniumError: 1,
      },
      retries: 0,
    });
    expect(lines.filter((line) => /Task \d was not delivered/.test(line))).toHaveLength(4);
  });

  it('gives every attempt of a task the same key, and every task its own', async () => {
    const client = sequential(server.url, { maxRetries: 1 });
    server.script.push(reply(500), reply(500), reply(500), reply(500));
    for (const each of tasks(4)) client.enqueue(each);
    await client.flush();
    const keys = new Map<string, Set<unknown>>();
    for (const { body, headers } of server.seen) {
      const known = keys.get(body.name) ?? new Set();
      keys.set(body.name, known.add(headers['idempotency-key']));
    }
    expect([...keys.values()].map((set) => set.size)).toEqual([1, 1, 1, 1]);
    expect(new Set([...keys.values()].flatMap((set) => [...set])).size).toBe(4);
    expect(server.seen.length).toBe(8);
  });
});

describe('a queue that is full', () => {
  const large = (name: string) => task({ name, outcome: 'x'.repeat(10_000) });
  // Four of them fit.
  const maxQueueBytes = 45_000;

  it('drops the oldest that are not under way, and says so once', async () => {
    const lines = collectLog();
    server.answer = hang;
    const client = sequential(server.url, {
      enableLogging: true,
      maxQueueBytes,
      maxConcurrency: 1,
    });
    client.enqueue(large('first'));
    await until(() => server.seen.length === 1);
    for (let index = 0; index < 8; index += 1) {
      expect(client.enqueue(large(`later ${index}`))).toBe(true);
    }
    expect(conserved(client)).toMatchObject({
      dropped: 5,
      droppedByReason: { queueFull: 5 },
      pending: 4,
    });
    expect(client.stats().bytes).toBeLessThanOrEqual(maxQueueBytes);
    server.answer = accepted;
    const first = server.seen[0];
    server.seen.length = 0;
    // The one that hangs is tried again in the end.
    await client.close({ timeout: 300 });
    expect(first.body.name).toBe('first');
    await until(() => lines.length > 0);
    setupLogging();
    expect(lines.filter((line) => line.includes('the queue is full'))).toHaveLength(1);
    expect(conserved(client).pending).toBe(0);
  });

  it('delivers those that it kept', async () => {
    const client = sequential(server.url, { maxQueueBytes, maxConcurrency: 1 });
    for (let index = 0; index < 8; index += 1) client.enqueue(large(`${index}`));
    await client.flush();
    const { delivered, dropped } = conserved(client);
    expect([delivered + dropped, names().length]).toEqual([8, delivered]);
    expect(names()).toEqual(expect.arrayContaining(['5', '6', '7']));
  });

  it('drops the newest with queuePolicy dropNewest', async () => {
    const client = sequential(server.url, {
      maxQueueBytes,
      maxConcurrency: 1,
      queuePolicy: 'dropNewest',
    });
    const kept = Array.from({ length: 8 }, (_, index) => client.enqueue(large(`${index}`)));
    expect(kept.slice(0, 4)).toEqual([true, true, true, true]);
    await client.flush();
    expect(names().slice(0, 4)).toEqual(['0', '1', '2', '3']);
    expect(conserved(client).dropped).toBe(kept.filter((one) => !one).length);
  });

  it('takes nothing that would never fit', () => {
    const client = sequential(server.url, { maxQueueBytes: 5_000 });
    expect(client.enqueue(large('too large'))).toBe(false);
    expect(conserved(client)).toMatchObject({ droppedByReason: { queueFull: 1 }, pending: 0 });
  });
});

describe('stats', () => {
  it('counts sends of every kind', async () => {
    const client = concurrent(server.url);
    server.script.push(reply(500));
    await client.sendTaskData(task());
    await client.sendBatch([...tasks(3), null as never, task({ duration: -1 })]);
    await client.sendBatchSequential(tasks(2));
    await failure(client.sendTaskData({} as never));
    const stats = conserved(client);
    expect(stats).toMatchObject({
      submitted: 9,
      delivered: 6,
      failed: 3,
      failedByError: { ValidationError: 3 },
      retries: 1,
      inFlight: 0,
      limiterWaits: 0,
    });
  });

  it('count what is in flight, and for how long', async () => {
    server.answer = hang;
    const client = sequential(server.url);
    const controller = new AbortController();
    const sent = client.sendTaskData(task(), { signal: controller.signal });
    await until(() => server.seen.length === 1);
    const { inFlight, oldestAgeMs, pending } = conserved(client);
    expect([inFlight, pending]).toEqual([1, 1]);
    expect(oldestAgeMs).toBeGreaterThan(0);
    controller.abort();
    await failure(sent);
    await until(() => client.stats().pending === 0);
    expect(conserved(client).failedByError).toEqual({ AbortError: 1 });
  });
});

it('says once that tasks are too large for the queue', async () => {
  const lines = collectLog();
  const client = sequential(server.url, {
    maxQueueBytes: 2_000,
    enableLogging: true,
    logLevel: 'WARN',
  });
  for (let index = 0; index < 50; index += 1) {
    expect(client.enqueue(task({ outcome: 'x'.repeat(5_000) }))).toBe(false);
  }
  await client.flush();
  await client.sendTaskData(task());
  setupLogging(false);
  expect(lines.filter((line) => line.includes('the queue is full'))).toHaveLength(1);
  expect(conserved(client).droppedByReason).toEqual({ queueFull: 50 });
});

describe('a request of Vercel', () => {
  const symbol = Symbol.for('@vercel/request-context');
  const platform = globalThis as any;
  afterEach(() => {
    delete platform[symbol];
  });

  it('is kept alive until everything is delivered', async () => {
    const waits: Promise<unknown>[] = [];
    const context = { waitUntil: (promise: Promise<unknown>) => waits.push(promise) };
    platform[symbol] = { get: () => context };
    const client = sequential(server.url);
    client.enqueue(task());
    client.trace('traced', () => 1)();
    expect(waits).toHaveLength(1);
    expect(await waits[0]).toBe(true);
    expect(server.seen).toHaveLength(2);
    client.enqueue(task());
    expect(waits).toHaveLength(2);
    await waits[1];
    expect(server.seen).toHaveLength(3);
  });

  it('is kept alive for each of its clients', async () => {
    const waits: Promise<unknown>[] = [];
    const context = { waitUntil: (promise: Promise<unknown>) => waits.push(promise) };
    platform[symbol] = { get: () => context };
    const clients = [sequential(server.url), sequential(server.url)];
    for (const client of clients) client.enqueue(task());
    expect(waits).toHaveLength(2);
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [
      'throws',
      {
        get: () => {
          throw new Error('mine');
        },
      },
    ],
    ['knows no request', { get: () => undefined }],
    ['is something else', 7],
  ])('does no harm when its context %s', async (_what, value) => {
    platform[symbol] = value;
    const client = sequential(server.url);
    client.enqueue(task());
    await client.flush();
    expect(server.seen).toHaveLength(1);
  });
});
