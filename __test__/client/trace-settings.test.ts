// Options of a client about its traces: enabled, environment, sampleRate, beforeSend.
import {
  AsyncInfiniumClient,
  BatchError,
  ConfigurationError,
  currentTrace,
  InfiniumClient,
  setupLogging,
  TraceBuilder,
  ValidationError,
} from 'infinium-o2';
import { concurrent, options, task, tasks } from '../support/client';
import { useServer } from '../support/use';

const server = useServer();
const { bodies } = server;

describe('enabled: false', () => {
  const disabled = { success: true, message: 'disabled' };
  const client = () => new AsyncInfiniumClient({ enabled: false, baseUrl: server.url });

  it('needs no credentials, checks every call, and sends nothing', async () => {
    const off = client();
    expect(await off.sendTask(task())).toEqual(disabled);
    expect(await off.sendTaskData(task())).toEqual(disabled);
    expect(await off.getInterpretedTaskResult('t-1')).toEqual(disabled);
    expect(await off.waitForInterpretation('t-1')).toEqual(disabled);
    expect(off.enqueue(task())).toBe(true);
    expect(off.trace('T', () => 7)()).toBe(7);
    const wrong = { ...task(), duration: -1 };
    await expect(off.sendTaskData(wrong)).rejects.toThrow(ValidationError);
    expect(() => off.enqueue(wrong)).toThrow(ValidationError);
    expect(await off.flush()).toBe(true);
    expect(off.stats()).toMatchObject({
      submitted: 6,
      dropped: 4,
      droppedByReason: { disabled: 4 },
      failed: 2,
      pending: 0,
    });
    expect(server.seen).toEqual([]);
  });

  it('checks batches', async () => {
    const off = client();
    const progress: number[] = [];
    const result = await off.sendBatch([task(), { name: 'Wrong' } as any, ...tasks(2)], {
      onProgress: (done) => void progress.push(done),
    });
    expect(result).toMatchObject({ totalTasks: 4, successfulTasks: 3, failedTasks: 1 });
    expect(result.results[0]).toEqual(disabled);
    expect(result.results[1]).toMatchObject({ success: false, error: expect.any(ValidationError) });
    expect(result.errors).toEqual([expect.stringMatching(/^Task 1 \(Wrong\): /)]);
    expect(progress).toEqual([1, 2, 3, 4]);
    await expect(off.sendBatch([])).rejects.toThrow(ValidationError);
    const aborted = off.sendBatchSequential(tasks(2), { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow(BatchError);
  });

  it('does not make up a prompt', async () => {
    const prompt = client().getPrompt('p-1', 'key');
    await expect(prompt).rejects.toThrow(ConfigurationError);
    await expect(prompt).rejects.toMatchObject({ configKey: 'enabled' });
  });

  it.each(['0', 'false', 'OFF', 'no'])('is the default with INFINIUM_ENABLED=%s', async (value) => {
    process.env.INFINIUM_ENABLED = value;
    try {
      const off = new InfiniumClient({ baseUrl: server.url });
      expect(await off.sendTask(task())).toEqual(disabled);
      const on = new InfiniumClient(options(server.url, { enabled: true }));
      expect(await on.sendTask(task())).toMatchObject({ statusCode: 200 });
    } finally {
      delete process.env.INFINIUM_ENABLED;
    }
  });
});

describe('environment', () => {
  const environment = { region: 'eu', nodeVersion: '0', customTags: { team: 'x', plan: 'free' } };

  it('is under that of traces and built tasks, and not in tasks of the user', async () => {
    const client = concurrent(server.url, { environment });
    client.trace('Traced', () => void currentTrace()?.setTags({ plan: 'pro' }))();
    await client.flush();
    const built = () => new TraceBuilder('Built', 'd').setEnvironment({ region: 'us' }).build();
    await client.sendTaskData(built());
    await client.sendBatch([built()]);
    client.enqueue(built());
    await client.flush();
    await client.sendTaskData(task());
    const node_version = process.versions.node;
    expect(bodies[0].environment).toMatchObject({
      region: 'eu',
      node_version,
      custom_tags: { team: 'x', plan: 'pro' },
    });
    for (const body of bodies.slice(1, 4)) {
      expect(body).toMatchObject({
        name: 'Built',
        environment: { region: 'us', node_version, custom_tags: { team: 'x', plan: 'free' } },
      });
    }
    expect(bodies[4]).not.toHaveProperty('environment');
  });
});

describe('sampleRate', () => {
  it('sends that share, every trace with an error, and counts the others', async () => {
    const client = concurrent(server.url, { sampleRate: 0.25, maxConcurrency: 64 });
    const work = client.trace('Work', () => 1);
    for (let count = 0; count < 400; count += 1) work();
    const fail = client.trace('Fail', () => {
      throw new Error('no');
    });
    for (let count = 0; count < 10; count += 1) expect(fail).toThrow('no');
    const failedStep = client.trace('Step', () => {
      currentTrace()?.step('a', 'b').setError(new Error('no'));
    });
    failedStep();
    await client.flush();
    const sent = (name: string) => bodies.filter((body) => body.name === name).length;
    expect(sent('Fail')).toBe(10);
    expect(sent('Step')).toBe(1);
    // Five standard deviations.
    expect(Math.abs(sent('Work') - 100)).toBeLessThan(45);
    expect(client.stats().droppedByReason).toEqual({ sampled: 400 - sent('Work') });
  });

  it('sends all traces of a session, or none', async () => {
    const client = concurrent(server.url, { sampleRate: 0.5 });
    const work = client.trace('Work', { session: (id) => id }, (_id: string) => 1);
    for (let count = 0; count < 120; count += 1) work(`session ${count % 40}`);
    await client.flush();
    const counts = new Map<string, number>();
    for (const body of bodies) {
      const id = body.environment.custom_tags.session_id;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(new Set(counts.values())).toEqual(new Set([3]));
    expect(counts.size).toBeGreaterThan(5);
    expect(counts.size).toBeLessThan(35);
  });

  it('of a trace wins over that of the client', async () => {
    const client = concurrent(server.url, { sampleRate: 0 });
    client.trace('Sent', { sampleRate: 1 }, () => 1)();
    client.trace('Left out', () => 1)();
    await client.flush();
    expect(bodies.map(({ name }) => name)).toEqual(['Sent']);
  });
});

describe('beforeSend', () => {
  beforeEach(() => void setupLogging(false));
  afterEach(() => void setupLogging(true, 'WARN'));

  it('changes or drops what goes to the background, and nothing else', async () => {
    const beforeSend = (given: any) =>
      given.name === 'Drop' ? null : { ...given, name: 'Changed' };
    const client = concurrent(server.url, { beforeSend });
    expect(client.enqueue(task())).toBe(true);
    expect(client.enqueue(task({ name: 'Drop' }))).toBe(false);
    client.trace('T', () => 1)();
    client.trace('Drop', () => 1)();
    await client.flush();
    await client.sendTaskData(task());
    expect(bodies.map(({ name }) => name)).toEqual(['Changed', 'Changed', 'Name']);
    expect(client.stats().droppedByReason).toEqual({ beforeSend: 2 });
  });

  it.each<[string, any]>([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['returns a promise', async (given: unknown) => given],
    ['returns nothing', () => undefined],
  ])('drops the task when it %s', async (_what, beforeSend) => {
    const client = concurrent(server.url, { beforeSend });
    expect(client.enqueue(task())).toBe(false);
    client.trace('T', () => 1)();
    await client.flush();
    expect(bodies).toEqual([]);
    expect(client.stats().droppedByReason).toEqual({ beforeSend: 2 });
  });
});

it.each<[string, unknown]>([
  ['enabled', 'no'],
  ['environment', 'eu'],
  ['environment', { big: 1n }],
  ['sampleRate', 1.5],
  ['sampleRate', '1'],
  ['beforeSend', {}],
  ['prices', []],
  ['prices', { m: { input: 1 } }],
  ['prices', { m: { input: 1, output: -1 } }],
])('a wrong %s throws a ConfigurationError that names it (%#)', (configKey, value) => {
  const make = () => new InfiniumClient(options(server.url, { [configKey]: value }));
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(expect.objectContaining({ configKey }));
});

it('shows what a wrong environment and wrong prices should be', () => {
  const make = (config: object) => () => new InfiniumClient(options(server.url, config));
  expect(make({ environment: 'eu' })).toThrow(
    "environment must be an object such as { framework: 'express', customTags: { stage: 'test' } } (got string)",
  );
  expect(make({ prices: [] })).toThrow('prices must be an object such as { ');
});

it('bind keeps the running trace for a function that is called elsewhere', async () => {
  const client = concurrent(server.url);
  const callbacks: (() => unknown)[] = [];
  let finish: (() => void) | undefined;
  const run = client.trace('T', { autoSend: false }, async () => {
    const own = currentTrace();
    callbacks.push(
      client.bind(() => currentTrace() === own),
      () => currentTrace() === own,
    );
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  const running = run();
  expect(callbacks.map((call) => call())).toEqual([true, false]);
  finish?.();
  await running;
  expect(() => client.bind(7 as any)).toThrow(ValidationError);
});
