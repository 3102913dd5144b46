// Any number of tasks from an iterable.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import {
  AsyncInfiniumClient,
  BatchError,
  InfiniumClient,
  type SendAllOutcome,
  type TaskData,
} from 'infinium-o2';
import { load } from '../support/backends';
import { concurrent, failure, options, sequential, task, tasks } from '../support/client';
import { accepted, hang, reply, reset, until } from '../support/http';
import { collectLog } from '../support/log';
import { runProgram } from '../support/program';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();
const names = () => server.bodies.map(({ name }) => name);

/** Tasks without an end, and how many were read. */
function endless() {
  const source = {
    read: 0,
    closed: 0,
    *[Symbol.iterator](): Generator<TaskData> {
      try {
        for (;;) {
          yield task({ name: `Task ${source.read}` });
          source.read += 1;
        }
      } finally {
        source.closed += 1;
      }
    },
  };
  return source;
}

describe('sendAll', () => {
  async function* later(): AsyncGenerator<TaskData> {
    for (const each of tasks(50)) {
      await new Promise(setImmediate);
      yield each;
    }
  }
  const sources: [string, () => any][] = [
    ['an array', () => tasks(50)],
    ['a set', () => new Set(tasks(50))],
    ['an array of promises', () => tasks(50).map((each) => Promise.resolve(each))],
    ['an async generator', later],
    ['a stream', () => Readable.from(tasks(50))],
  ];

  it.each(sources)('sends every task of %s once', async (_, source) => {
    for (const client of [sequential(server.url), concurrent(server.url)]) {
      server.bodies.length = 0;
      expect(await client.sendAll(source())).toEqual({
        totalTasks: 50,
        successfulTasks: 50,
        failedTasks: 0,
        failures: [],
      });
      expect(names().sort()).toEqual(
        tasks(50)
          .map(({ name }) => name)
          .sort(),
      );
      expect(conserved(client)).toMatchObject({ submitted: 50, delivered: 50, pending: 0 });
    }
  });

  it('resolves to counts for an iterable that is empty', async () => {
    const result = await sequential(server.url).sendAll([]);
    expect(result).toMatchObject({ totalTasks: 0, successfulTasks: 0, failures: [] });
  });

  it('sends in order with a concurrency of 1', async () => {
    await concurrent(server.url).sendAll(tasks(30), { concurrency: 1 });
    expect(names()).toEqual(tasks(30).map(({ name }) => name));
  });

  it('sends thousands', async () => {
    const client = sequential(server.url);
    expect(await client.sendAll(tasks(2_000))).toMatchObject({ successfulTasks: 2_000 });
    expect(new Set(names()).size).toBe(2_000);
  });

  it.each([
    [{}, {}, 32],
    [{ maxConcurrency: 5 }, {}, 5],
    [{}, { concurrency: 3 }, 3],
    [{ maxConcurrency: 4 }, { concurrency: 100 }, 4],
  ])('reads no further ahead than it may: %j, %j', async (config, more, most) => {
    server.answer = hang;
    const source = endless();
    const controller = new AbortController();
    const client = concurrent(server.url, config);
    const sent = failure(client.sendAll(source, { ...more, signal: controller.signal }));
    await until(() => server.seen.length === most);
    // A generator counts a task when the next one is asked for.
    expect(source.read).toBe(most - 1);
    expect(conserved(client)).toMatchObject({ submitted: most, inFlight: most });
    controller.abort();
    expect(await sent).toMatchObject({ totalTasks: most });
  });

  it('reads the next task when one has settled, also while others hang', async () => {
    server.answer = (response, seen, index) =>
      (seen.body.name === 'Task 0' ? hang : accepted)(response, seen, index);
    const source = endless();
    const controller = new AbortController();
    const sent = sequential(server.url).sendAll(source, {
      concurrency: 2,
      signal: controller.signal,
    });
    await until(() => source.read > 100);
    controller.abort();
    expect((await failure(sent)).failedTasks).toBeLessThanOrEqual(2);
  });

  it('goes on after failures, and reports them by their index', async () => {
    server.answer = (response, seen, index) => {
      const status = { 'Task 2': 422, 'Task 3': 500 }[seen.body.name as string];
      (status ? reply(status, { message: 'no' }) : accepted)(response, seen, index);
    };
    const cyclic: any = task({ name: 'Round' });
    cyclic.self = cyclic;
    const all = [...tasks(5), cyclic, task({ duration: -1 }), null as never];
    const result = await concurrent(server.url, { maxRetries: 0 }).sendAll(all);
    expect(result).toMatchObject({ totalTasks: 8, successfulTasks: 3, failedTasks: 5 });
    expect(result.failures.map(({ index, name, error }) => [index, name, error.name])).toEqual([
      [2, 'Task 2', 'ValidationError'],
      [3, 'Task 3', 'ServerError'],
      [5, 'Round', 'ValidationError'],
      [6, 'Name', 'ValidationError'],
      [7, undefined, 'ValidationError'],
    ]);
    expect(result.failures[0].error.stack).toContain('send-all.test.ts');
  });

  it('keeps the first thousand failures', async () => {
    const wrong = Array.from({ length: 1_005 }, () => task({ duration: -1 }));
    const { failedTasks, failures } = await sequential(server.url).sendAll(wrong);
    expect([failedTasks, failures.length]).toEqual([1_005, 1_000]);
  });

  it('waits for a 429 and tries again, as batches do', async () => {
    server.script.push(reply(429, {}, { 'retry-after': '0' }));
    const client = sequential(server.url, { adaptiveRateLimit: false });
    expect(await client.sendAll(tasks(3))).toMatchObject({ successfulTasks: 3 });
    expect(server.seen).toHaveLength(4);
  });

  it('tells each outcome', async () => {
    server.answer = (response, seen, index) =>
      (seen.body.name === 'Task 1' ? reply(422, { message: 'no' }) : accepted)(
        response,
        seen,
        index,
      );
    const outcomes: SendAllOutcome[] = [];
    const all = tasks(3);
    const onResult = (outcome: SendAllOutcome) => outcomes.push(outcome);
    await sequential(server.url).sendAll(all, { onResult });
    outcomes.sort((a, b) => a.index - b.index);
    expect(outcomes.map(({ task: one }) => one)).toEqual(all);
    expect(outcomes[0].response).toMatchObject({ success: true, data: { traceId: 't-1' } });
    expect(outcomes[1].response.error).toMatchObject({ name: 'ValidationError', statusCode: 422 });
  });

  it('waits for what receives the outcomes', async () => {
    const source = endless();
    const controller = new AbortController();
    let received = 0;
    let release = () => {};
    const busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    const sent = sequential(server.url).sendAll(source, {
      concurrency: 4,
      signal: controller.signal,
      onResult: () => {
        received += 1;
        return busy;
      },
    });
    await until(() => received === 4);
    expect(source.read).toBe(3);
    controller.abort();
    release();
    expect(await failure(sent)).toMatchObject({ totalTasks: 4, successfulTasks: 4 });
  });

  it('goes on if what receives the outcomes fails, and logs it', async () => {
    const lines = collectLog();
    const onResult = ({ index }: SendAllOutcome) => {
      if (index === 0) throw new Error('mine');
      return Promise.reject(new Error('later'));
    };
    const result = await sequential(server.url).sendAll(tasks(2), { onResult });
    expect(result.successfulTasks).toBe(2);
    expect(lines.sort()).toEqual([
      'onResult threw, sendAll continues: Error: later',
      'onResult threw, sendAll continues: Error: mine',
    ]);
  });
});

describe('sendAll stops', () => {
  it.each([
    [401, 'AuthenticationError'],
    [404, 'NotFoundError'],
  ])('when the platform answers %i', async (status, name) => {
    server.answer = reply(status, { message: 'no' });
    const source = endless();
    const client = sequential(server.url, { maxConcurrency: 2 });
    const error = await failure(client.sendAll(source));
    expect(error).toBeInstanceOf(BatchError);
    expect(error).toMatchObject({ successfulTasks: 0, statusCode: status, cause: { name } });
    expect(error.message).toMatch(/^sendAll stopped after 0 of the \d tasks .*: .*no/);
    expect(error.failures[0]).toMatchObject({ index: 0, name: 'Task 0' });
    expect(error.errors[0]).toMatch(/^Task 0 \(Task 0\): /);
    expect(error.totalTasks).toBeLessThanOrEqual(4);
    expect(source.closed).toBe(1);
  });

  it('after three tasks in a row without an answer', async () => {
    server.answer = (response, seen, index) =>
      (seen.body.name === 'Task 2' ? accepted : reset)(response, seen, index);
    const client = sequential(server.url, { maxRetries: 0 });
    const error = await failure(client.sendAll(endless(), { concurrency: 1 }));
    expect(error).toMatchObject({ totalTasks: 6, successfulTasks: 1, failedTasks: 5 });
    expect(error.cause).toMatchObject({ name: 'NetworkError' });
  });

  it('when its signal is aborted, and cancels what is in flight', async () => {
    server.answer = (response, seen, index) =>
      (seen.body.name === 'Task 0' ? accepted : hang)(response, seen, index);
    const source = endless();
    const controller = new AbortController();
    const told: number[] = [];
    const sent = concurrent(server.url).sendAll(source, {
      concurrency: 3,
      signal: controller.signal,
      onResult: ({ index }) => told.push(index),
    });
    await until(() => server.seen.length === 4);
    const reason = new Error('enough');
    controller.abort(reason);
    const error = await failure(sent);
    expect(error).toBeInstanceOf(BatchError);
    expect(error).toMatchObject({ totalTasks: 4, successfulTasks: 1, failedTasks: 3 });
    expect(error.cause).toBe(reason);
    expect(error.message).toMatch(/it was aborted by its signal$/);
    expect([told, source.closed]).toEqual([[0], 1]);
    // They may arrive in any order.
    const others = server.seen.filter(({ body }) => body.name !== 'Task 0');
    await until(() => others.length === 3 && others.every(({ dropped }) => dropped));
  });

  it('before it reads anything if its signal was aborted', async () => {
    const source = endless();
    const error = await failure(
      sequential(server.url).sendAll(source, { signal: AbortSignal.abort(7) }),
    );
    expect(error).toMatchObject({ totalTasks: 0, cause: 7 });
    expect(source.read).toBe(0);
  });

  it('at once if its signal is aborted while the iterable has nothing', async () => {
    let closed = false;
    const silent = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          closed = true;
          return Promise.reject(new Error('not told'));
        },
      }),
    };
    const controller = new AbortController();
    const sent = failure(sequential(server.url).sendAll(silent, { signal: controller.signal }));
    await new Promise(setImmediate);
    controller.abort();
    expect(await sent).toMatchObject({ totalTasks: 0 });
    expect(closed).toBe(true);
  });

  it('when the iterable throws, after what was started', async () => {
    const mine = new Error('mine');
    async function* broken(): AsyncGenerator<TaskData> {
      yield* tasks(3);
      throw mine;
    }
    const error = await failure(sequential(server.url).sendAll(broken()));
    expect(error).toBeInstanceOf(BatchError);
    expect(error).toMatchObject({ totalTasks: 3, successfulTasks: 3, failedTasks: 0 });
    expect(error.cause).toBe(mine);
    expect(error.message).toBe(
      'sendAll stopped after 3 of the 3 tasks that it read were delivered: Error: mine',
    );
    const promises = [Promise.resolve(task()), Promise.reject(mine)];
    expect((await failure(sequential(server.url).sendAll(promises))).cause).toBe(mine);
  });

  it('when the client is closed', async () => {
    const closed = sequential(server.url);
    await closed.close();
    const [one, other] = await Promise.all([
      failure(closed.sendAll(tasks(2))),
      failure(closed.sendTaskData(task())),
    ]);
    expect([one.name, one.message]).toEqual([other.name, other.message]);

    server.script.push(accepted);
    server.answer = hang;
    const client = sequential(server.url);
    const sent = failure(client.sendAll(endless(), { concurrency: 1 }));
    await until(() => server.seen.length === 2);
    await client.close({ timeout: 0 });
    const error = await sent;
    expect(error).toMatchObject({ name: 'BatchError', successfulTasks: 1 });
    expect(error.cause).toMatchObject({ name: 'InfiniumError', message: one.message });
  });
});

describe('sendAll refuses', () => {
  it.each<[string, unknown, unknown, string]>([
    ['nothing', undefined, undefined, 'tasks'],
    ['a text', 'tasks', undefined, 'tasks'],
    ['a number', 5, undefined, 'tasks'],
    ['a task', task(), undefined, 'tasks'],
    ['a function', function* make() {}, undefined, 'tasks'],
    ['options that are none', [], 5, 'options'],
    ['a concurrency of 0', [], { concurrency: 0 }, 'concurrency'],
    ['a concurrency of 1.5', [], { concurrency: 1.5 }, 'concurrency'],
    ['a wrong signal', [], { signal: {} }, 'signal'],
    ['a wrong receiver', [], { onResult: 'log' }, 'onResult'],
  ])('%s', async (_, wrong, more, field) => {
    const error = await failure(sequential(server.url).sendAll(wrong as any, more as any));
    expect(error).toMatchObject({ name: 'ValidationError', field });
    if (typeof wrong === 'function') expect(error.message).toMatch(/call the function/);
  });

  it('no unknown option, but warns of it', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await sequential(server.url).sendAll([], { concurency: 1 } as any);
    await sequential(server.url, { quiet: true }).sendAll([], { signl: 1 } as any);
    expect(warned.mock.calls).toEqual([
      [expect.stringContaining('did you mean concurrency?'), expect.anything()],
    ]);
    warned.mockRestore();
  });
});

it('checks the tasks of a disabled client, and sends none', async () => {
  const client = new InfiniumClient({ enabled: false });
  const controller = new AbortController();
  const result = await client.sendAll([...tasks(250), task({ name: '' })]);
  expect(result).toMatchObject({ totalTasks: 251, successfulTasks: 250, failedTasks: 1 });
  expect(result.failures[0]).toMatchObject({ index: 250, error: { field: 'name' } });
  // Timers get their turn, although nothing is waited for.
  setTimeout(() => controller.abort(), 1);
  const error = await failure(client.sendAll(endless(), { signal: controller.signal }));
  expect(error).toBeInstanceOf(BatchError);
});

it('does the same without the addon', async () => {
  const wasm = load('wasm');
  const client = new wasm.AsyncInfiniumClient({ ...options(server.url), quiet: true });
  server.script.push(reply(422, { message: 'no' }));
  const result = await client.sendAll([...tasks(40), task({ duration: -1 })]);
  expect(result).toMatchObject({ totalTasks: 41, successfulTasks: 39, failedTasks: 2 });
  server.answer = reply(401);
  expect(await failure(client.sendAll(endless()))).toMatchObject({ name: 'BatchError' });
  await client.close();
});

it('belongs to both clients, and keeps the process alive until all is sent', async () => {
  expect(InfiniumClient.prototype.sendAll).toBe(AsyncInfiniumClient.prototype.sendAll);
  const code = `const client = new infinium.InfiniumClient(${JSON.stringify(options(server.url))});
    const tasks = ${JSON.stringify(tasks(100))};
    client.sendAll(tasks).then(({ successfulTasks }) => console.log(successfulTasks));`;
  expect(await runProgram(code)).toMatchObject({ code: 0, stdout: '100\n' });
});

it('tells outcomes in the asynchronous context of the call', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const onResult = () => seen.push(storage.getStore());
  await storage.run('mine', () => sequential(server.url).sendAll(tasks(3), { onResult }));
  expect(seen).toEqual(['mine', 'mine', 'mine']);
});
