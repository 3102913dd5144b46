// Time limits of calls, of flush and of close.
import {
  BatchError,
  InfiniumError,
  NetworkError,
  TimeoutError,
  ValidationError,
} from 'infinium-o2';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();

/** How long something takes, in milliseconds. */
async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await work;
  return [value, performance.now() - start];
}

describe('deadline', () => {
  it('ends a request that is under way, with its connection', async () => {
    server.answer = hang;
    const client = sequential(server.url);
    const [error, took] = await timed(failure(client.sendTaskData(task(), { deadline: 150 })));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.timeoutDuration).toBe(150);
    expect(error.stack).not.toContain('/lib/');
    expect(took).toBeGreaterThanOrEqual(149);
    expect(took).toBeLessThan(1_000);
    await until(() => server.seen[0].dropped);
    await until(() => client.stats().pending === 0);
  });

  it('covers all attempts and the waits between them', async () => {
    server.answer = reply(503);
    const client = sequential(server.url, { retryDelay: 60, maxRetries: 100 });
    const error = await failure(client.sendTask(task(), { deadline: 300 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(server.seen.length).toBeGreaterThan(1);
    const attempts = server.seen.length;
    expect(await client.flush({ timeout: 1_000 })).toBe(true);
    expect(server.seen.length).toBe(attempts);
  });

  it('covers waits for the rate limit', async () => {
    const client = sequential(server.url, { enableRateLimiting: true, requestsPerSecond: 0.5 });
    await client.sendTaskData(task());
    const error = await failure(client.sendTaskData(task(), { deadline: 50 }));
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it('changes nothing for what is done in time', async () => {
    const client = concurrent(server.url);
    expect(await client.sendTaskData(task(), { deadline: 5_000 })).toMatchObject({ success: true });
    expect(await client.sendTaskData(task(), { deadline: 1e12 })).toMatchObject({ success: true });
    expect(await client.sendBatch(tasks(3), { deadline: 5_000 })).toMatchObject({
      successfulTasks: 3,
    });
  });

  it('ends a batch with a report of what was done', async () => {
    server.script.push(accepted, accepted);
    server.answer = hang;
    const client = concurrent(server.url);
    const error = await failure(client.sendBatchSequential(tasks(5), { deadline: 1_000 }));
    expect(error).toBeInstanceOf(BatchError);
    expect(error.cause).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ totalTasks: 5, successfulTasks: 2, failedTasks: 3 });
    expect(server.seen).toHaveLength(3);
    await until(() => server.seen[2].dropped);
    expect(conserved(client)).toMatchObject({ delivered: 2, failed: 3 });
  });

  it('and signal end prompts and interpretations, too', async () => {
    server.answer = hang;
    const client = sequential(server.url);
    for (const call of [
      (options: object) => client.getInterpretedTaskResult('t-1', options),
      (options: object) => client.getPrompt('p-1', 'key-1234', 'latest', undefined, options),
    ]) {
      server.seen.length = 0;
      expect(await failure(call({ deadline: 50 }))).toBeInstanceOf(TimeoutError);
      await until(() => server.seen[0].dropped);
      const signal = AbortSignal.timeout(20);
      expect(await failure(call({ signal }))).toBe(signal.reason);
      expect(await failure(call({ signal }))).toBe(signal.reason);
    }
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1', {}])(
    'cannot be %p',
    async (deadline) => {
      const options = { deadline: deadline as number };
      for (const call of [
        sequential(server.url).sendTaskData(task(), options),
        sequential(server.url).sendBatch(tasks(1), options),
      ]) {
        const error = await failure(call);
        expect(error).toBeInstanceOf(ValidationError);
        expect(error.field).toBe('deadline');
      }
      expect(server.seen).toHaveLength(0);
    },
  );
});

describe('flush and close', () => {
  it.each(['flush', 'close'] as const)('%s is true when everything is done', async (method) => {
    const client = sequential(server.url);
    const sent = client.sendTaskData(task());
    client.enqueue(task());
    expect(await client[method]()).toBe(true);
    expect(server.seen).toHaveLength(2);
    expect((await sent).success).toBe(true);
  });

  it.each([
    ['flush', hang],
    ['close', hang],
    ['flush', reply(503)],
    ['close', reply(503)],
    ['flush', reply(429, {}, { 'retry-after': '60' })],
  ] as const)('%s is false when the time is over', async (method, answer) => {
    server.answer = answer;
    const client = sequential(server.url, { retryDelay: 1_000 });
    for (const each of tasks(100)) client.enqueue(each);
    await until(() => server.seen.length > 0);
    // A busy machine is as late for a timer of Node.js.
    const timer = timed(new Promise((resolve) => setTimeout(resolve, 200)));
    const [all, took] = await timed(client[method]({ timeout: 200 }));
    expect(all).toBe(false);
    // Timers of two clocks.
    expect(took).toBeGreaterThanOrEqual(190);
    expect(took).toBeLessThan((await timer)[1] + 250);
    conserved(client);
    await client.close({ timeout: 0 });
    await until(() => client.stats().pending === 0);
    expect(conserved(client).droppedByReason).toEqual({ closed: 100 });
  });

  it('do not wait with a timeout of 0', async () => {
    server.answer = hang;
    const client = sequential(server.url);
    expect(await client.flush({ timeout: 0 })).toBe(true);
    client.enqueue(task());
    expect(await client.flush({ timeout: 0 })).toBe(false);
    await client.close({ timeout: 0 });
  });

  it('ends calls of users when there is no more time', async () => {
    server.answer = hang;
    const client = sequential(server.url);
    const sent = failure(client.sendTaskData(task()));
    await until(() => server.seen.length === 1);
    expect(await client.close({ timeout: 10 })).toBe(false);
    const error = await sent;
    expect(error.constructor).toBe(InfiniumError);
    expect(error.message).toMatch(/closed/);
    await until(() => server.seen[0].dropped);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '1'])(
    'take no timeout of %p',
    async (timeout) => {
      const client = sequential(server.url);
      for (const call of [client.flush({ timeout } as never), client.close({ timeout } as never)]) {
        expect(await failure(call)).toMatchObject({ name: 'ValidationError', field: 'timeout' });
      }
      expect((await client.sendTaskData(task())).success).toBe(true);
    },
  );
});
