// Single tasks, from the call to the wire and back.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as infinium from 'infinium-o2';
import { agentId, agentSecret, concurrent, failure, sequential, task } from './support/client';
import { accepted, cut, hang, reply, reset, type Server, startServer, until } from './support/http';

let server: Server;
let client: infinium.InfiniumClient;
beforeAll(async () => {
  server = await startServer();
  client = sequential(server.url);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.seen.length = 0;
  server.script.length = 0;
  server.answer = accepted;
});

/** The body that a task becomes. */
async function wire(more: Record<string, unknown>): Promise<any> {
  await client.sendTaskData(task(more));
  return server.seen.at(-1)?.body;
}

describe('the wire', () => {
  const vectors: any[] = JSON.parse(
    readFileSync(path.join(__dirname, '../fixtures/vectors.json'), 'utf8'),
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

describe('validation', () => {
  const step = { stepNumber: 1, action: 'a', description: 'd' };
  it.each([
    ['name', { name: undefined }],
    ['name', { name: ' \n' }],
    ['name', { name: 'x'.repeat(501) }],
    ['name', { name: 5 }],
    ['description', { description: '' }],
    ['description', { description: 'x'.repeat(10_001) }],
    ['currentDatetime', { currentDatetime: null }],
    ['currentDatetime', { currentDatetime: '2026-11-23' }],
    ['currentDatetime', { currentDatetime: '1899-12-31T23:59:59Z' }],
    ['currentDatetime', { currentDatetime: '2101-01-01T00:00:00Z' }],
    ['currentDatetime', { currentDatetime: new Date(Number.NaN) }],
    ['currentDatetime', { currentDatetime: 1_795_426_200_000 }],
    ['duration', { duration: undefined }],
    ['duration', { duration: '2' }],
    ['duration', { duration: -0.1 }],
    ['duration', { duration: 86_400.1 }],
    ['duration', { duration: Number.NaN }],
    ['outcome', { outcome: 1 }],
    ['steps', { steps: {} }],
    ['steps[1]', { steps: [step, null] }],
    ['steps[0].stepNumber', { steps: [{ ...step, stepNumber: '1' }] }],
    ['steps[1].llmCall.model', { steps: [step, { ...step, llmCall: {} }] }],
    [
      'steps[0].toolCall.error.message',
      { steps: [{ ...step, toolCall: { toolName: 't', error: { errorType: 'e' } } }] },
    ],
    ['steps[0].metadata', { steps: [{ ...step, metadata: [] }] }],
    ['errors[0].recoverable', { errors: [{ errorType: 'e', message: 'm', recoverable: 1 }] }],
    ['llmUsage.calls[0].model', { llmUsage: { calls: [{}] } }],
    ['expectedOutcome.taskObjective', { expectedOutcome: {} }],
    ['research.keyFindings[1]', { research: { keyFindings: ['a', 1] } }],
    ['research.dataSources', { research: { dataSources: 1 } }],
    ['support.followUpRequired', { support: { followUpRequired: 'no' } }],
    ['development.performanceMetrics', { development: { performanceMetrics: [] } }],
    ['general.errorsEncountered[0]', { general: { errorsEncountered: ['e'] } }],
    ['environment.customTags', { environment: { customTags: 'a' } }],
    ['big', { big: 1n }],
    ['deep.down[1].big', { deep: { down: [0, { big: 1n }] } }],
    [
      'thrower',
      {
        get thrower() {
          throw new Error('no');
        },
      },
    ],
    [
      'made.at',
      {
        made: {
          at: {
            toJSON() {
              throw new Error('no');
            },
          },
        },
      },
    ],
  ])('names %s', async (field, wrong) => {
    const error = await failure(
      client.sendTaskData(
        Object.defineProperties(task() as any, Object.getOwnPropertyDescriptors(wrong)),
      ),
    );
    expect(error).toBeInstanceOf(infinium.ValidationError);
    expect(error.field).toBe(field);
    expect(error.message).toContain(field);
    expect(server.seen).toEqual([]);
  });

  it.each([null, undefined, 5, 'task', [], () => {}, true])(
    'refuses the task %p',
    async (wrong) => {
      expect(await failure(client.sendTaskData(wrong as any))).toMatchObject({
        name: 'ValidationError',
        field: 'task',
      });
    },
  );

  it('counts code points', async () => {
    await client.sendTaskData(
      task({ name: '😀'.repeat(500), description: '\u{1F468}'.repeat(10_000) }),
    );
    expect(await failure(client.sendTaskData(task({ name: '😀'.repeat(501) })))).toMatchObject({
      field: 'name',
    });
  });

  it('takes what is allowed', async () => {
    for (const currentDatetime of [
      '2026-11-23T09:30',
      '2026-11-23T09:30:00',
      '2026-11-23T09:30:00.5+05:30',
      '1900-01-01T00:00:00Z',
    ]) {
      await client.sendTaskData(task({ currentDatetime }));
    }
    await client.sendTaskData(task({ duration: 0 }));
    await client.sendTaskData(
      task({ duration: 86_400, steps: [{ ...step, action: '', description: '' }] }),
    );
    expect(server.seen).toHaveLength(6);
  });

  it('survives hostile tasks', async () => {
    let deep: any = {};
    for (let level = 0; level < 20_000; level += 1) deep = { deep };
    const cyclic: any = task();
    cyclic.self = { cyclic };
    const throwing = new Proxy(task(), {
      ownKeys: () => {
        throw new Error('no');
      },
    });
    const sparse = Object.assign([], { 3: step });
    for (const hostile of [
      task({ metadata: deep }),
      cyclic,
      throwing,
      task({ steps: sparse }),
      task({ a: 'x'.repeat(10_000_000) }),
    ]) {
      const outcome = await client.sendTaskData(hostile).catch((error) => error);
      expect(outcome.success || outcome instanceof infinium.InfiniumError).toBe(true);
    }
    expect(await failure(client.sendTaskData(cyclic))).toMatchObject({ name: 'ValidationError' });
    const polluted = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"x":1}}');
    expect(JSON.stringify((await wire({ polluted })).polluted)).toBe(JSON.stringify(polluted));
    expect(({} as any).polluted).toBeUndefined();
  });

  it('refuses two fields with one name on the wire', async () => {
    const error = await failure(
      client.sendTaskData(task({ inputSummary: 'a', input_summary: 'b' })),
    );
    expect(error).toMatchObject({ name: 'ValidationError', field: 'input_summary' });
  });
});

describe('answers', () => {
  it('gives what the platform said', async () => {
    expect(await client.sendTaskData(task())).toEqual({
      success: true,
      statusCode: 200,
      message: 'Accepted',
      data: { message: 'Accepted', traceId: 't-1' },
    });
    server.script.push(reply(201, { message: 5, big: 1 }), reply(204, ''), reply(200, '  '));
    expect(await client.sendTaskData(task())).toMatchObject({
      statusCode: 201,
      message: 'Success',
      data: { big: 1 },
    });
    expect(await client.sendTaskData(task())).toEqual({
      success: true,
      statusCode: 204,
      message: 'Success',
    });
    expect((await client.sendTaskData(task())).data).toBeUndefined();
  });

  it.each([
    [400, infinium.ValidationError],
    [401, infinium.AuthenticationError],
    [403, infinium.AuthenticationError],
    [404, infinium.NotFoundError],
    [409, infinium.InfiniumError],
    [413, infinium.PayloadTooLargeError],
    [418, infinium.InfiniumError],
    [422, infinium.ValidationError],
    [429, infinium.RateLimitError],
    [301, infinium.InfiniumError],
    [307, infinium.InfiniumError],
  ])('turns status %i into the right error, without trying again', async (status, Class) => {
    server.answer = reply(status, { message: 'because', more: [1] }, { location: '/elsewhere' });
    const error = await failure(client.sendTaskData(task()));
    expect(error.constructor).toBe(Class);
    expect(error.name).toBe(Class.name);
    expect(error).toBeInstanceOf(infinium.InfiniumError);
    expect(error).toMatchObject({
      statusCode: status,
      details: { responseData: { message: 'because', more: [1] } },
    });
    expect(error.message).toContain('because');
    expect(server.seen).toHaveLength(1);
  });

  it('says what to do about it', async () => {
    server.answer = reply(404);
    expect(await failure(client.sendTaskData(task()))).toMatchObject({
      resource: `agent ${agentId}`,
    });
    server.answer = reply(422, { field: 'duration', message: 'too long' });
    expect(await failure(client.sendTaskData(task()))).toMatchObject({ field: 'duration' });
    server.answer = reply(429, {}, { 'retry-after': '7' });
    expect(await failure(client.sendTaskData(task()))).toMatchObject({ retryAfter: 7 });
    server.answer = reply(429);
    expect((await failure(client.sendTaskData(task()))).retryAfter).toBeUndefined();
  });

  it.each([408, 425, 500, 502, 503, 504, 599])(
    'tries again on %i, with the same key',
    async (status) => {
      server.script.push(reply(status), reply(status));
      expect((await client.sendTaskData(task())).success).toBe(true);
      expect(server.seen).toHaveLength(3);
      expect(new Set(server.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      expect(new Set(server.seen.map(({ text }) => text)).size).toBe(1);
    },
  );

  it.each([
    [500, infinium.ServerError],
    [408, infinium.InfiniumError],
  ])('gives up on %i after maxRetries', async (status, Class) => {
    server.answer = reply(status);
    const error = await failure(sequential(server.url, { maxRetries: 2 }).sendTaskData(task()));
    expect(error.constructor).toBe(Class);
    expect(error.statusCode).toBe(status);
    expect(server.seen).toHaveLength(3);
    server.seen.length = 0;
    await failure(sequential(server.url, { maxRetries: 0 }).sendTaskData(task()));
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['a reset', reset],
    ['a cut body', cut],
  ])('tries again after %s', async (_name, fault) => {
    server.script.push(fault);
    expect((await client.sendTaskData(task())).success).toBe(true);
    server.seen.length = 0;
    server.answer = fault;
    const error = await failure(sequential(server.url, { maxRetries: 1 }).sendTaskData(task()));
    expect(error.constructor).toBe(infinium.NetworkError);
    expect(error.originalError).toBeInstanceOf(Error);
    expect(error.cause).toBe(error.originalError);
    expect(server.seen.length).toBeGreaterThanOrEqual(2);
  });

  it('tells who refused the connection', async () => {
    const error = await failure(
      sequential('http://127.0.0.1:1', { maxRetries: 0 }).sendTaskData(task()),
    );
    expect(error).toBeInstanceOf(infinium.NetworkError);
    expect(error.originalError.code).toBe('ECONNREFUSED');
  });

  it('gives up on an attempt after its timeout', async () => {
    server.answer = hang;
    const error = await failure(
      sequential(server.url, { timeout: 50, maxRetries: 1 }).sendTaskData(task()),
    );
    expect(error).toBeInstanceOf(infinium.TimeoutError);
    expect(error).toBeInstanceOf(infinium.NetworkError);
    expect(error.timeoutDuration).toBe(50);
    expect(server.seen).toHaveLength(2);
    await until(() => server.seen.every(({ dropped }) => dropped));
  });

  it.each([
    ['a page', '<html>login</html>'],
    ['half of it', '{"a":'],
    ['more than 10 MiB', `"${'x'.repeat(10 * 1024 * 1024)}"`],
  ])('takes %s for no success, and does not try again', async (_name, body) => {
    server.answer = reply(200, body);
    const error = await failure(client.sendTaskData(task()));
    expect(error.constructor).toBe(infinium.InfiniumError);
    expect(error.statusCode).toBe(200);
    expect(server.seen).toHaveLength(1);
  });

  it('waits longer each time, by chance within a quarter', async () => {
    server.answer = reply(500);
    await failure(
      sequential(server.url, { retryDelay: 100, maxRetryDelay: 200, maxRetries: 3 }).sendTaskData(
        task(),
      ),
    );
    const gaps = server.seen.slice(1).map(({ at }, index) => at - server.seen[index].at);
    for (const [index, nominal] of [100, 200, 200].entries())
      expect(gaps[index]).toBeGreaterThan(nominal * 0.74);
  });

  it('waits as long as a 503 asks for, unless that is too long', async () => {
    server.script.push(reply(503, {}, { 'retry-after': '0.3' }));
    await client.sendTaskData(task());
    expect(server.seen[1].at - server.seen[0].at).toBeGreaterThan(290);
    server.script.push(reply(503, {}, { 'retry-after': '61' }));
    expect(await failure(client.sendTaskData(task()))).toMatchObject({ name: 'ServerError' });
  });

  it('tries again on 429 where it is told to', async () => {
    server.script.push(reply(429, {}, { 'retry-after': '0' }));
    expect(
      (await sequential(server.url, { retryOnRateLimit: true }).sendTaskData(task())).success,
    ).toBe(true);
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
    expect(frames[0]).toMatch(/at (async )?outer .*delivery\.test\.ts/);
  });

  it('is how every method fails', async () => {
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

describe('interpretations', () => {
  it('looks once', async () => {
    server.script.push(
      reply(200, { status: 'pending' }),
      reply(404, { message: 'who?' }),
      reply(200, { interpretedTraceResult: { score: 1 } }),
    );
    expect(await client.getInterpretedTaskResult('t 1')).toMatchObject({
      success: false,
      statusCode: 200,
    });
    expect(await client.getInterpretedTaskResult('t 1')).toMatchObject({
      success: false,
      statusCode: 404,
    });
    expect(await client.getInterpretedTaskResult('t 1')).toMatchObject({
      success: true,
      data: { interpretedTraceResult: { score: 1 } },
    });
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: `/api/v1/agents/${agentId}/interpreted-result/t%201`,
    });
    expect(server.seen[0].headers).toMatchObject({
      'x-agent-id': agentId,
      'x-agent-key': agentSecret,
    });
    server.script.push(reply(401));
    expect(await failure(client.getInterpretedTaskResult('t'))).toBeInstanceOf(
      infinium.AuthenticationError,
    );
  });

  it('waits until it is ready', async () => {
    server.script.push(reply(404), reply(200, {}), reply(200, { interpretedTraceResult: {} }));
    expect(
      (await client.waitForInterpretation('t', { timeout: 5_000, pollInterval: 1 })).success,
    ).toBe(true);
    server.script.push(reply(404), reply(200, { interpretedTraceResult: {} }));
    expect((await client.waitForInterpretation('t', 5_000, 1)).success).toBe(true);
  });

  it('gives up at its deadline, in the middle of an attempt', async () => {
    server.answer = hang;
    const error = await failure(client.waitForInterpretation('t', { timeout: 80 }));
    expect(error).toBeInstanceOf(infinium.TimeoutError);
    expect(error.timeoutDuration).toBe(80);
    await until(() => server.seen[0].dropped);
  });

  it('stops for a signal, and refuses wrong arguments', async () => {
    server.answer = reply(404);
    const controller = new AbortController();
    const waiting = client.waitForInterpretation('t', { signal: controller.signal });
    await until(() => server.seen.length === 1);
    controller.abort('enough');
    expect(await failure(waiting)).toBe('enough');
    expect(await failure(client.waitForInterpretation('t', { timeout: 0 }))).toMatchObject({
      field: 'timeout',
    });
    expect(await failure(client.waitForInterpretation('t', { pollInterval: -1 }))).toMatchObject({
      field: 'pollInterval',
    });
    expect(await failure(client.getInterpretedTaskResult('..'))).toMatchObject({
      field: 'traceId',
    });
  });
});

describe('prompts', () => {
  const prompt = {
    promptId: 'p',
    name: 'Greeting',
    version: 3,
    content: 'Hi {{name}}, {{other}} {{name}}',
    createdAt: 'then',
  };

  it('fetches and renders', async () => {
    server.answer = reply(200, prompt);
    expect(await client.getPrompt('p', 'prompt-key')).toEqual(prompt);
    expect(await client.getPrompt('p', 'prompt-key', 3, { name: 'Ada' })).toEqual({
      ...prompt,
      renderedContent: 'Hi Ada, {{other}} Ada',
    });
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/api/v1/prompts/p/v/latest',
      '/api/v1/prompts/p/v/3',
    ]);
    expect(server.seen[0].headers).toMatchObject({
      'x-prompt-id': 'p',
      'x-prompt-key': 'prompt-key',
    });
    expect(server.seen[0].headers).not.toHaveProperty('x-agent-key');
  });

  it('tries again on 5xx, and refuses wrong arguments', async () => {
    server.script.push(reply(500), reply(200, prompt), reply(404), reply(401));
    expect((await client.getPrompt('p', 'prompt-key', '3')).content).toBe(prompt.content);
    expect(await failure(client.getPrompt('p', 'prompt-key'))).toBeInstanceOf(
      infinium.NotFoundError,
    );
    expect(await failure(client.getPrompt('p', 'prompt-key'))).toBeInstanceOf(
      infinium.AuthenticationError,
    );
    for (const version of [0, -1, 1.5, 'newest', '', {}]) {
      expect(await failure(client.getPrompt('p', 'k-e-y', version as any))).toMatchObject({
        field: 'version',
      });
    }
    expect(await failure(client.getPrompt(5 as any, 'k'))).toMatchObject({ field: 'promptId' });
    expect(await failure(client.getPrompt('p', 'a\nb'))).toMatchObject({
      field: 'promptKey',
      message: expect.not.stringContaining('a\nb'),
    });
    expect(await failure(client.getPrompt('p', 'k', 1, { a: {} as any }))).toMatchObject({
      field: 'variables.a',
    });
  });

  it('is told in the trace that fetched it', async () => {
    server.answer = reply(200, prompt);
    let seen: infinium.TaskData | undefined;
    const onTrace = (data: infinium.TaskData) => {
      seen = data;
    };
    await client.trace('Greet', { onTrace, autoSend: false }, async () => {
      await client.getPrompt('p', 'prompt-key', 3, { name: 'Ada' });
      await client.getPrompt('p', 'prompt-key');
    })();
    server.answer = accepted;
    const body = await wire({ ...seen });
    const use = {
      prompt_id: 'p',
      prompt_name: 'Greeting',
      version: 3,
      source: 'prompt_studio',
      fetched_at: expect.any(String),
    };
    expect(body.prompt_studio).toEqual({
      prompts_used: [
        { ...use, variables_used: ['name'] },
        { ...use, variables_used: null },
      ],
    });
    expect(Object.keys(body).at(-1)).toBe('prompt_studio');
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
