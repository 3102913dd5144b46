// Single tasks, from the call to the wire and back.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as infinium from 'infinium-o2';
import { expectOrder } from '../support/arrivals';
import { concurrent, failure, sentBody, sequential, task, tasks } from '../support/client';
import { hang, reply, until } from '../support/http';
import { useServer } from '../support/use';

const server = useServer();
let client: infinium.InfiniumClient;
beforeEach(() => {
  client = sequential(server.url);
});

/** The body that a task becomes. */
const wire = (more: Record<string, unknown>) => sentBody(server, client, more);

describe('the wire', () => {
  const vectors: any[] = JSON.parse(
    readFileSync(path.join(__dirname, '../../fixtures/vectors.json'), 'utf8'),
  );

  it.each(vectors.map((vector) => [vector.id, vector]))(
    'sends exactly the body of %s',
    async (_id, vector) => {
      await client.sendTaskData(vector.task);
      const [{ method, url, headers, body }] = server.seen;
      expect(JSON.stringify(body)).toBe(JSON.stringify(vector.wire.body));
      expect([method, url]).toEqual([vector.wire.method, vector.wire.path]);
      expect(headers).toMatchObject(vector.wire.headers);
    },
  );

  it('names the host and port that it is meant for', async () => {
    await client.sendTaskData(task());
    expect(server.seen[0].headers.host).toBe(new URL(server.url).host);
  });

  it('has a key of its own for every task', async () => {
    await client.sendTaskData(task());
    await client.sendTaskData(task());
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('keeps unknown fields, after the known ones', async () => {
    const body = await wire({
      fooBar: { innerKey: null },
      HTTPStatus: [1, undefined],
      outcome: 'o',
      customer: { vipLevel: 3 },
    });
    expect(Object.keys(body).slice(4)).toEqual([
      'outcome',
      'sections',
      'foo_bar',
      'h_t_t_p_status',
    ]);
    expect(body).toMatchObject({
      foo_bar: { innerKey: null },
      h_t_t_p_status: [1, null],
      sections: { customer: { vip_level: 3 } },
    });
  });

  it('keeps numbers exact', async () => {
    await client.sendTaskData(
      task({
        steps: [
          {
            stepNumber: 9007199254740991,
            action: '',
            description: '',
            metadata: { a: 1e21, b: -0.1, c: 120 },
          },
        ],
      }),
    );
    expect(server.seen[0].text).toContain('"step_number":9007199254740991');
    expect(server.seen[0].text).toContain('{"a":1e+21,"b":-0.1,"c":120}');
  });

  it('replaces halves of surrogate pairs, and nothing else', async () => {
    const body = await wire({
      inputSummary: 'a\ud83d',
      outputSummary: '\ude00😀',
      customX: { '\ud83d': '\ud83d' },
    });
    expect(body).toMatchObject({
      input_summary: 'a\ufffd',
      output_summary: '\ufffd😀',
      custom_x: { '\ufffd': '\ufffd' },
    });
  });

  it('takes what JSON makes of a value', async () => {
    const when = new Date('2026-11-23T09:30:00Z');
    const body = await wire({
      currentDatetime: when,
      inputSummary: () => 1,
      outcome: Symbol('s'),
      llmUsage: {
        promptTokens: Number.NaN,
        completionTokens: Number.POSITIVE_INFINITY,
        model: 'm',
      },
    });
    expect(body).toEqual({
      name: 'Name',
      description: 'About',
      current_datetime: when.toISOString(),
      duration: 2.4,
      llm_usage: { model: 'm' },
    });
  });

  it('sends what a task was when it was handed over', async () => {
    const mutable: any = task({ steps: [{ stepNumber: 1, action: 'a', description: 'd' }] });
    const sent = client.sendTaskData(mutable);
    mutable.name = 'Changed';
    mutable.steps[0].action = 'changed';
    mutable.steps.push('nonsense');
    await sent;
    expect(server.seen[0].body).toMatchObject({ name: 'Name', steps: [{ action: 'a' }] });
  });

  it('fills in the time of a task that has none', async () => {
    const { currentDatetime, ...fields } = task();
    const before = Date.now();
    await client.sendTask(fields);
    await client.sendTask({ ...fields, currentDatetime: currentDatetime as string });
    const filled = server.seen[0].body.current_datetime;
    expect(filled).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(filled)).toBeGreaterThanOrEqual(before);
    expect(server.seen[1].body.current_datetime).toBe(currentDatetime);
    expect(Object.keys(server.seen[0].body)[2]).toBe('current_datetime');
  });

  it('takes bodies up to the limit, and not a byte more', async () => {
    const empty = Buffer.byteLength(JSON.stringify(await wire({ inputSummary: '' })));
    await client.sendTaskData(
      task({ inputSummary: 'x'.repeat(infinium.MAX_PAYLOAD_SIZE - empty) }),
    );
    server.seen.length = 0;
    const error = await failure(
      client.sendTaskData(
        task({ inputSummary: `é${'x'.repeat(infinium.MAX_PAYLOAD_SIZE - empty - 1)}` }),
      ),
    );
    expect(error).toBeInstanceOf(infinium.PayloadTooLargeError);
    expect(error).toMatchObject({ actualSize: 1_048_577, maxSize: 1_048_576 });
    expect(server.seen).toEqual([]);
  });
});

describe('a promise', () => {
  it('belongs to the caller, and so does the stack of its error', async () => {
    server.answer = reply(500);
    const quick = sequential(server.url, { maxRetries: 0 });
    for (const method of ['sendTask', 'sendTaskData'] as const) {
      const promise = quick[method](task());
      expect(promise).toBeInstanceOf(Promise);
      const error = await failure(promise);
      expect(error.stack.split('\n').filter((line: string) => /lib[/\\]/.test(line))).toEqual([]);
    }
    async function outer() {
      await quick.sendTaskData(task());
    }
    // Jest puts the lines of the source before the frames.
    const frames = (await failure(outer())).stack.match(/^ +at .*$/gm);
    expect(frames[0]).toMatch(/at (async )?outer .*send\.test\.ts/);
  });

  it('is how every method reports errors', async () => {
    for (const method of [
      'sendTask',
      'sendTaskData',
      'sendBatch',
      'getInterpretedTaskResult',
      'waitForInterpretation',
      'getPrompt',
    ] as const) {
      expect(await failure((client as any)[method](undefined, Symbol('s')))).toBeInstanceOf(
        infinium.InfiniumError,
      );
    }
  });

  it('is rejected with the reason of its signal', async () => {
    server.answer = hang;
    const controller = new AbortController();
    const reason = { mine: true };
    const sent = client.sendTaskData(task(), { signal: controller.signal });
    await until(() => server.seen.length === 1);
    controller.abort(reason);
    expect(await failure(sent)).toBe(reason);
    await until(() => server.seen[0].dropped);
    server.seen.length = 0;
    expect(await failure(client.sendTask(task(), { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    await client.flush();
    expect(server.seen).toEqual([]);
  });

  it('takes null for an option that is not given', async () => {
    const nothing: any = { signal: null, deadline: null, onProgress: null };
    expect((await client.sendTaskData(task(), nothing)).success).toBe(true);
    expect((await client.sendBatch([task()], nothing)).successfulTasks).toBe(1);
  });

  it.each<[string, unknown[]]>([
    ['sendTask', [task()]],
    ['sendTaskData', [task()]],
    ['sendBatch', [[task()]]],
    ['sendBatchSequential', [[task()]]],
    ['getInterpretedTaskResult', ['t']],
    ['waitForInterpretation', ['t']],
    ['getPrompt', ['p', 'prompt-key']],
    ['flush', [{ timeout: -1 }]],
    ['close', [{ timeout: -1 }]],
  ])('of %s has the stack of its caller', async (method, values) => {
    server.answer = reply(401);
    for (const own of [client, concurrent(server.url)] as any[]) {
      if (!own[method]) continue;
      async function outer() {
        await own[method](...values);
      }
      const error = await failure(outer());
      for (const one of [error, error.cause, error.results?.[0].error].filter(Boolean)) {
        expect(one.stack.match(/^ +at .*$/gm)?.[0]).toMatch(/at (async )?outer .*send\.test\.ts/);
      }
    }
  });

  it('leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    const counts = { added: 0, removed: 0 };
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...values: any) => {
      counts.added += 1;
      return (add as any)(...values);
    };
    signal.removeEventListener = (...values: any) => {
      counts.removed += 1;
      return (remove as any)(...values);
    };
    await client.sendTaskData(task(), { signal });
    await client.flush();
    expect(counts).toEqual({ added: 1, removed: 1 });
  });
});

describe('the end', () => {
  it('flushes what is in flight', async () => {
    const own = concurrent(server.url);
    let delivered = 0;
    for (let index = 0; index < 50; index += 1)
      own.sendTaskData(task()).then(() => {
        delivered += 1;
      });
    await own.flush();
    expect(delivered).toBe(50);
  });

  it('closes after what is in flight, and refuses everything later', async () => {
    const own = concurrent(server.url);
    const sent = own.sendTaskData(task());
    const closed = own.close();
    const late = await failure(own.sendTaskData(task()));
    expect(late.constructor).toBe(infinium.InfiniumError);
    expect(late.message).toContain('closed');
    expect((await sent).success).toBe(true);
    await closed;
    await own.close();
    await own.flush();
    await own[Symbol.asyncDispose]();
    expect((await failure(own.sendBatch([task()]))).constructor).toBe(infinium.InfiniumError);
  });

  it('knows the time', () => {
    for (const now of [client.getCurrentIsoDatetime(), infinium.getCurrentIsoDatetime()]) {
      expect(new Date(now).toISOString()).toBe(now);
    }
  });
});

it.each([1_000, 32])(
  'serves sends in the order of their calls, %s of them at once',
  async (maxConcurrency) => {
    const client = sequential(server.url, {
      enableRateLimiting: true,
      requestsPerSecond: 20,
      maxConcurrency,
    });
    const all = tasks(48);
    await Promise.all(all.map((each) => client.sendTaskData(each)));
    // Those of the burst start at once, and arrive in any order.
    const late = all.slice(40).map(({ name }) => name);
    expectOrder(server, late, 40);
  },
);
