// Abort signals of users, the usual and the unusual ones.
import { BatchError, InfiniumError } from 'infinium-o2';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { hang, until } from '../support/http';
import { conserved } from '../support/stats';
import { useServer } from '../support/use';

const server = useServer();

it('serves any number of calls without a warning, and has no listener after them', async () => {
  const warnings: unknown[] = [];
  const warn = (warning: Error) => warnings.push(warning.name);
  process.on('warning', warn);
  const added = jest.spyOn(EventTarget.prototype, 'addEventListener');
  const removed = jest.spyOn(EventTarget.prototype, 'removeEventListener');
  try {
    const { signal } = new AbortController();
    const client = concurrent(server.url);
    await Promise.all(tasks(50).map((each) => client.sendTaskData(each, { signal })));
    await client.sendTaskData(task(), { signal });
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
    // Other code in this process listens to signals, too.
    const abort = ({ mock }: jest.SpyInstance) =>
      mock.contexts.filter((context) => context === signal);
    expect([abort(added).length, abort(removed).length]).toEqual([2, 2]);
  } finally {
    process.off('warning', warn);
    added.mockRestore();
    removed.mockRestore();
  }
});

it('ends all calls that it was given to', async () => {
  server.answer = hang;
  const controller = new AbortController();
  const client = concurrent(server.url);
  const calls = tasks(20).map((each) =>
    failure(client.sendTaskData(each, { signal: controller.signal })),
  );
  await until(() => server.seen.length === 20);
  const reason = new InfiniumError('mine');
  const { stack } = reason;
  controller.abort(reason);
  for (const error of await Promise.all(calls)) expect(error).toBe(reason);
  // A reason is its giver's, stack and all.
  expect(reason.stack).toBe(stack);
  await until(() => server.seen.every(({ dropped }) => dropped));
});

it('is the cause of the end of a batch as it is', async () => {
  server.answer = hang;
  const controller = new AbortController();
  const batch = failure(sequential(server.url).sendBatch(tasks(3), { signal: controller.signal }));
  await until(() => server.seen.length === 1);
  const reason = new InfiniumError('mine');
  const { stack } = reason;
  controller.abort(reason);
  const error = await batch;
  expect(error).toBeInstanceOf(BatchError);
  expect(error.cause).toBe(reason);
  expect(reason.stack).toBe(stack);
});

it('ends sends that wait for room at once, and forgets them', async () => {
  server.answer = hang;
  const client = sequential(server.url, { maxConcurrency: 1 });
  const first = failure(client.sendTaskData(task(), { deadline: 10_000 }));
  await until(() => server.seen.length === 1);
  const controller = new AbortController();
  const waiting = tasks(50).map((each) =>
    failure(client.sendTaskData(each, { signal: controller.signal })),
  );
  expect(conserved(client).pending).toBe(51);
  controller.abort();
  await Promise.all(waiting);
  await until(() => conserved(client).pending === 1);
  await client.close({ timeout: 0 });
  await first;
});

describe('an odd signal', () => {
  it.each<[string, object]>([
    ['no way to listen', {}],
    ['no way to stop listening', { aborted: false, addEventListener() {} }],
    [
      'methods that cannot be read',
      {
        get addEventListener() {
          throw new Error('mine');
        },
      },
    ],
  ])('with %s is refused', async (_what, signal) => {
    const error = await failure(sequential(server.url).sendTaskData(task(), { signal } as any));
    expect(error).toMatchObject({ name: 'ValidationError', field: 'signal' });
    expect(server.seen).toHaveLength(0);
  });

  it('whose removeEventListener throws does no harm', async () => {
    const signal: any = {
      aborted: false,
      addEventListener() {},
      removeEventListener() {
        throw new Error('mine');
      },
    };
    const client = concurrent(server.url);
    const sends = tasks(3).map((each) => client.sendTaskData(each, { signal }));
    expect((await Promise.all(sends)).every(({ success }) => success)).toBe(true);
    expect(await client.flush({ timeout: 2_000 })).toBe(true);
  });

  it('whose addEventListener throws ends the call with that error', async () => {
    server.answer = hang;
    const problem = new Error('mine');
    const signal: any = {
      aborted: false,
      addEventListener() {
        throw problem;
      },
      removeEventListener() {},
    };
    const client = sequential(server.url);
    expect(await failure(client.sendTaskData(task(), { signal }))).toBe(problem);
    expect(await client.flush({ timeout: 2_000 })).toBe(true);
  });
});

it.each<[string, (client: any, options: unknown) => Promise<unknown>]>([
  ['signal', (client, options) => client.sendTask({}, options)],
  ['deadline', (client, options) => client.sendTaskData(task(), options)],
  ['onProgress', (client, options) => client.sendBatch([task()], options)],
  ['timeout', (client, options) => client.flush(options)],
  ['pollInterval', (client, options) => client.waitForInterpretation('t', options)],
])('names the option %s when it cannot be read', async (field, call) => {
  const options = Object.defineProperty({}, field, {
    get() {
      throw new Error('mine');
    },
  });
  const error = await failure(call(sequential(server.url), options));
  expect(error).toMatchObject({ name: 'ValidationError', field });
  expect(error.cause).toEqual(new Error('mine'));
});

it('survives a progress callback that fails later', async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', listen);
  const onProgress: any = async () => Promise.reject(new Error('mine'));
  await sequential(server.url).sendBatch([task()], { onProgress });
  await new Promise(setImmediate);
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});
