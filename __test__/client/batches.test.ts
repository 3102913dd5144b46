// Batches.
import { BatchError, type BatchResult } from 'infinium-o2';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { accepted, hang, reply, reset, until } from '../support/http';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();

/** All three ways to send a batch. */
const ways: [
  string,
  (baseUrl: string, batch: any, more?: any, config?: any) => Promise<BatchResult>,
][] = [
  [
    'InfiniumClient.sendBatch',
    (url, batch, more, config) => sequential(url, config).sendBatch(batch, more),
  ],
  [
    'AsyncInfiniumClient.sendBatch',
    (url, batch, more, config) => concurrent(url, config).sendBatch(batch, more),
  ],
  [
    'AsyncInfiniumClient.sendBatchSequential',
    (url, batch, more, config) => concurrent(url, config).sendBatchSequential(batch, more),
  ],
];

describe.each(ways)('%s', (way, send) => {
  const inOrder = way !== 'AsyncInfiniumClient.sendBatch';

  it('sends every task, and reports the results', async () => {
    const done: string[] = [];
    const result = await send(server.url, tasks(5), {
      onProgress: (n: number, all: number) => done.push(`${n}/${all}`),
    });
    expect(result).toMatchObject({ totalTasks: 5, successfulTasks: 5, failedTasks: 0, errors: [] });
    expect(result.results).toHaveLength(5);
    expect(result.results[4]).toMatchObject({
      success: true,
      statusCode: 200,
      data: { traceId: 't-1' },
    });
    expect(done).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
    expect(server.seen.map(({ body }) => body.name).sort()).toEqual(
      tasks(5).map(({ name }) => name),
    );
  });

  it(
    inOrder ? 'has one in flight at a time, in order' : 'has many in flight, but not too many',
    async () => {
      let flying = 0;
      let most = 0;
      server.answer = (response, seen, index) => {
        flying += 1;
        most = Math.max(most, flying);
        setTimeout(() => {
          flying -= 1;
          accepted(response, seen, index);
        }, 5);
      };
      await send(server.url, tasks(12), {}, { maxConcurrency: 4 });
      expect(most).toBe(inOrder ? 1 : 4);
      if (inOrder)
        expect(server.seen.map(({ body }) => body.name)).toEqual(tasks(12).map(({ name }) => name));
    },
  );

  it('delivers the valid tasks when others are invalid', async () => {
    const cyclic: any = task();
    cyclic.self = cyclic;
    const batch = [
      cyclic,
      task({ duration: 1n }),
      {
        ...task(),
        get x() {
          return 1;
        },
      },
      null,
      task({ currentDatetime: 'then' }),
      task(),
      undefined,
      5,
      [],
    ];
    Object.defineProperty(batch[2], 'x', {
      enumerable: true,
      get: () => {
        throw new Error('boom');
      },
    });
    const result = await send(server.url, batch);
    expect(result).toMatchObject({ totalTasks: 9, successfulTasks: 1, failedTasks: 8 });
    expect(result.results.map(({ success }) => success).indexOf(true)).toBe(5);
    for (const [index, { success, error, message }] of result.results.entries()) {
      if (!success)
        expect([index, error?.name, error?.message]).toEqual([index, 'ValidationError', message]);
    }
    expect(result.errors).toHaveLength(8);
    expect(result.errors[4]).toMatch(/^Task 4 \(Name\): currentDatetime /);
    expect((result.results[2].error as any).cause.message).toBe('boom');
  });

  it('fails only the task whose array element cannot be read', async () => {
    const batch = tasks(3);
    Object.defineProperty(batch, 1, {
      get: () => {
        throw new Error('mine');
      },
    });
    const result = await send(server.url, batch);
    expect(result).toMatchObject({ successfulTasks: 2, failedTasks: 1 });
    expect(result.results[1].error).toMatchObject({
      name: 'ValidationError',
      field: 'task',
      cause: { message: 'mine' },
    });
  });

  it('goes on after refusals and failures', async () => {
    server.answer = (response, seen, index) => {
      const status = { 'Task 1': 422, 'Task 2': 500, 'Task 3': 409 }[seen.body.name as string];
      (status ? reply(status, { message: 'no' }) : accepted)(response, seen, index);
    };
    const result = await send(server.url, tasks(5), {}, { maxRetries: 1 });
    expect(result.results.map(({ success, statusCode }) => [success, statusCode])).toEqual([
      [true, 200],
      [false, 422],
      [false, 500],
      [false, 409],
      [true, 200],
    ]);
    expect(result.results[1].data).toEqual({ message: 'no' });
    expect(result.results[2].error?.name).toBe('ServerError');
    expect(result.errors.map((line) => line.slice(0, 15))).toEqual([
      'Task 1 (Task 1)',
      'Task 2 (Task 2)',
      'Task 3 (Task 3)',
    ]);
  });

  it.each([
    [0, 'a batch must contain 1 to 100 tasks (got 0)'],
    [101, 'a batch must contain 1 to 100 tasks (got 101); split it'],
  ])('says how many tasks may be in a batch when there are %i', async (size, message) => {
    const error = await failure(sequential(server.url).sendBatch(tasks(size)));
    expect(error).toMatchObject({ name: 'ValidationError', field: 'tasks', message });
  });

  it.each([[[]], [tasks(101)], [null], ['tasks'], [{ length: 1 }], [new Set(tasks(1))]])(
    'refuses %p',
    async (batch) => {
      expect(await failure(send(server.url, batch))).toMatchObject({
        name: 'ValidationError',
        field: 'tasks',
      });
      expect(server.seen).toEqual([]);
    },
  );

  it('takes exactly 100', async () => {
    expect((await send(server.url, tasks(100))).successfulTasks).toBe(100);
  });

  it.each([401, 403, 404])('stops after %i', async (status) => {
    server.answer = reply(status, { message: 'no' });
    const error = await failure(send(server.url, tasks(100), {}, { maxConcurrency: 8 }));
    expect(error).toBeInstanceOf(BatchError);
    expect(error).toMatchObject({
      name: 'BatchError',
      totalTasks: 100,
      successfulTasks: 0,
      failedTasks: 100,
      statusCode: status,
    });
    expect(error.cause).toMatchObject({ statusCode: status });
    expect(error.errors).toHaveLength(100);
    expect(error.results).toHaveLength(100);
    expect(server.seen.length).toBeLessThanOrEqual(inOrder ? 1 : 8);
  });

  it('stops after three tasks without an answer', async () => {
    server.answer = reset;
    const error = await failure(
      send(server.url, tasks(20), {}, { maxRetries: 0, maxConcurrency: 1 }),
    );
    expect(error).toBeInstanceOf(BatchError);
    expect(error.cause.name).toBe('NetworkError');
    expect(error.failedTasks).toBe(20);
    expect(
      error.results.filter((response: any) => response.error.name === 'NetworkError'),
    ).toHaveLength(3);
  });

  it('fails when no task of a small batch gets an answer', async () => {
    server.answer = hang;
    const error = await failure(send(server.url, tasks(2), {}, { maxRetries: 0, timeout: 30 }));
    expect(error).toMatchObject({
      name: 'BatchError',
      totalTasks: 2,
      failedTasks: 2,
      cause: { name: 'TimeoutError' },
    });
  });

  it('does not count a refusal in between as a success', async () => {
    server.script.push(reset, reset, reply(422));
    server.answer = reset;
    const error = await failure(
      send(server.url, tasks(9), {}, { maxRetries: 0, maxConcurrency: 1 }),
    );
    expect(error).toMatchObject({ name: 'BatchError', failedTasks: 9 });
    const names = error.results.map((response: any) => response.error.name);
    expect(names.filter((name: string) => name === 'NetworkError')).toHaveLength(3);
  });

  it('reports no progress for tasks that it gave up', async () => {
    server.script.push(accepted, reply(401));
    const done: number[] = [];
    const onProgress = (count: number) => done.push(count);
    await failure(send(server.url, tasks(10), { onProgress }, { maxConcurrency: 1 }));
    expect(done).toEqual([1, 2]);
  });

  it('goes on as long as a task succeeds in between', async () => {
    server.answer = (response, seen, index) =>
      (index % 3 === 2 ? accepted : reset)(response, seen, index);
    const result = await send(server.url, tasks(9), {}, { maxRetries: 0, maxConcurrency: 1 });
    expect(result).toMatchObject({ successfulTasks: 3, failedTasks: 6 });
  });

  it('stops when its signal is aborted', async () => {
    server.script.push(accepted);
    server.answer = hang;
    const controller = new AbortController();
    const sent = send(server.url, tasks(50), { signal: controller.signal });
    await until(() => server.seen.length >= 2);
    const reason = new Error('enough');
    controller.abort(reason);
    const error = await failure(sent);
    expect(error).toBeInstanceOf(BatchError);
    expect(error.cause).toBe(reason);
    expect(error.successfulTasks + error.failedTasks).toBe(50);
    await until(() => server.seen.slice(1).every(({ dropped }) => dropped));
    server.seen.length = 0;
    const never = await failure(send(server.url, tasks(3), { signal: AbortSignal.abort(reason) }));
    expect(never).toMatchObject({ name: 'BatchError', cause: reason, failedTasks: 3 });
    expect(server.seen).toEqual([]);
  });

  it('reads all tasks before it returns', async () => {
    const batch = tasks(3);
    const sent = send(server.url, batch);
    for (const one of batch) one.name = 'Changed';
    batch.length = 0;
    expect((await sent).successfulTasks).toBe(3);
    expect(server.seen.some(({ body }) => body.name === 'Changed')).toBe(false);
  });

  it('survives a callback that throws, and refuses what is none', async () => {
    const write = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      expect(
        (
          await send(server.url, tasks(3), {
            onProgress: () => {
              throw new Error('mine');
            },
          })
        ).successfulTasks,
      ).toBe(3);
    } finally {
      write.mockRestore();
    }
    expect(await failure(send(server.url, tasks(1), { onProgress: 5 }))).toMatchObject({
      field: 'onProgress',
    });
    expect(await failure(send(server.url, tasks(1), { signal: {} }))).toMatchObject({
      field: 'signal',
    });
  });

  it('pauses all tasks after a 429', async () => {
    server.script.push(accepted, reply(429, {}, { 'retry-after': '0.4' }));
    const result = await send(server.url, tasks(6), {}, { maxConcurrency: 1 });
    expect(result.successfulTasks).toBe(6);
    expect(server.seen[2].at - server.seen[1].at).toBeGreaterThan(390);
    expect(server.seen).toHaveLength(7);
  });

  it('does not wait longer than maxRetryAfter', async () => {
    server.script.push(reply(429, {}, { 'retry-after': '61' }));
    const result = await send(server.url, tasks(2), {}, { maxConcurrency: 1 });
    expect(result).toMatchObject({ successfulTasks: 1, failedTasks: 1 });
    expect(result.results.find(({ success }) => !success)?.error).toMatchObject({
      name: 'RateLimitError',
      retryAfter: 61,
    });
  });

  it('does not retry after 429 when retryOnRateLimit is false', async () => {
    server.script.push(reply(429, {}, { 'retry-after': '0' }));
    expect(await send(server.url, tasks(2), {}, { retryOnRateLimit: false })).toMatchObject({
      failedTasks: 1,
    });
  });
});

describe('a batch', () => {
  it('names tasks that cannot be read as far as their names can be', async () => {
    const cyclic: any = task({ name: 'Cyclic' });
    cyclic.environment = { customTags: { cyclic } };
    const nameless = new Proxy(task() as object, {
      get() {
        throw new Error('mine');
      },
    });
    const { errors } = await sequential(server.url).sendBatch([cyclic, nameless as any, task()]);
    expect(errors[0]).toMatch(/^Task 0 \(Cyclic\): environment\.customTags\.cyclic /);
    expect(errors[1]).toMatch(/^Task 1: /);
    expect(errors).toHaveLength(2);
  });

  it.each(['sendBatch', 'sendBatchSequential'] as const)(
    'is counted when it is handed over: %s',
    async (method) => {
      const client = concurrent(server.url);
      const batch = client[method](tasks(100));
      expect(conserved(client)).toMatchObject({ submitted: 100 });
      await batch;
      expect(conserved(client)).toMatchObject({ submitted: 100, delivered: 100, pending: 0 });
    },
  );

  it.each<[string, () => unknown]>([
    [
      'a proxy that was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable([], {});
        revoke();
        return proxy;
      },
    ],
    ...['1', undefined, Number.NaN, 1.5, -1].map((length): [string, () => unknown] => [
      `an array whose length is ${String(length)}`,
      () =>
        new Proxy([task()], {
          get: (target, key) => (key === 'length' ? length : Reflect.get(target, key)),
        }),
    ]),
  ])('that is %s is refused', async (_what, make) => {
    const error = await failure(sequential(server.url).sendBatch(make() as any));
    expect(error).toMatchObject({ name: 'ValidationError', field: 'tasks' });
    expect(server.seen).toHaveLength(0);
  });
});
