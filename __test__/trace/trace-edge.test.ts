// Traces of what is unusual: odd results, callbacks that fail, very many calls, very long texts.
import { InfiniumClient, setupLogging, TraceBuilder, type TraceOptions, watch } from 'infinium-o2';
import { agentId, agentSecret, sequential } from '../support/client';
import { collectLog } from '../support/log';
import { useServer } from '../support/use';
import { ask, model, useProvider } from '../support/watching';

const use = useProvider();
const server = useServer();

const client = new InfiniumClient({ agentId, agentSecret, baseUrl: 'http://127.0.0.1:9' });

/** Wraps a function, and collects its traces. */
function wrap(fn: (...values: any[]) => any, options: TraceOptions = {}) {
  const traces: any[] = [];
  const onTrace = (task: unknown) => traces.push(task);
  return { call: client.trace('Name', { autoSend: false, onTrace, ...options }, fn), traces };
}

const openai = () => {
  const { OpenAI } = require('openai');
  return new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1`, maxRetries: 0 });
};

it('logs that a trace was not sent only if the client logs', async () => {
  const lines = collectLog();
  for (const enableLogging of [false, true]) {
    const closed = sequential(server.url, { enableLogging, logLevel: 'ERROR' });
    await closed.close();
    expect(closed.trace(`Logs ${enableLogging}`, () => 1)()).toBe(1);
  }
  setupLogging(true, 'WARN');
  expect(lines).toEqual([expect.stringContaining("trace 'Logs true' was not sent")]);
});

it('cuts the names of models to 200 characters', async () => {
  const { call, traces } = wrap(() =>
    watch(openai()).chat.completions.create({ model: 'm'.repeat(300), messages: ask }),
  );
  use.provider.script.push((response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"choices":[]}');
  });
  await call();
  expect(traces[0].steps[1].llmCall.model).toHaveLength(200);
});

it('records the type, message and frames of errors of calls, and no content', async () => {
  const { OpenAI } = require('openai');
  const nobody = watch(
    new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 }),
  ) as any;
  const { call, traces } = wrap(async () => {
    await nobody.chat.completions.create({ model, messages: ask }).catch(() => {});
    use.provider.script.push((response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{private\nprivate}');
    });
    await watch(openai())
      .chat.completions.create({ model, messages: ask })
      .catch(() => {});
  });
  await call();
  const [unreachable, unreadable] = traces[0].steps.slice(1).map((step: any) => step.error);
  expect(unreachable).toMatchObject({
    errorType: 'APIConnectionError',
    message: 'Connection error. (cause: TypeError: fetch failed; Error: bad port)',
  });
  expect(unreadable.message).toBe('SyntaxError');
  for (const line of unreadable.stackTrace.split('\n')) expect(line).toMatch(/^ +at |\.\.\.$/);
});

it.each<[string, (promise: any) => Promise<unknown>]>([
  ['catch', (promise) => promise.catch(() => {})],
  ['finally', (promise) => promise.finally(() => {})],
  ['then', (promise) => promise.then(() => {})],
])(
  'records a function that returns a promise of a provider and is asked by %s',
  async (_way, ask_) => {
    const { call, traces } = wrap(() => openai().chat.completions.create({ model, messages: ask }));
    await ask_(call());
    expect(traces).toHaveLength(1);
    expect(traces[0].outputSummary).toContain('Hello world');
  },
);

it('returns the promise of a class of the user, with what is private in it', async () => {
  class Cancellable extends Promise<number> {
    #reason = 'mine';
    cancel() {
      return this.#reason;
    }
  }
  const { call, traces } = wrap(() => new Cancellable((resolve) => resolve(1)));
  const promise = call();
  expect(promise.cancel()).toBe('mine');
  expect(await promise).toBe(1);
  expect(traces).toHaveLength(1);
});

it('traces a method that is called class', () => {
  const holder = {
    class(value: number) {
      return value;
    },
  };
  const { call, traces } = wrap(holder.class);
  expect(call(1)).toBe(1);
  expect(traces).toHaveLength(1);
});

describe('a callback that fails later', () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  beforeAll(() => process.on('unhandledRejection', listen));
  afterAll(() => process.off('unhandledRejection', listen));

  it.each<[string, TraceOptions]>([
    ['onTrace', { onTrace: (async () => Promise.reject(new Error('mine'))) as any }],
    ['redact', { redact: (async () => Promise.reject(new Error('mine'))) as any }],
  ])('%s does no harm', async (_name, options) => {
    expect(wrap(() => 'result', options).call()).toBe('result');
    // Node.js looks for them when all microtasks are done.
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  });
});

it.each<[string, string]>([
  ['nothing to say', ''],
  ['what looks like frames', 'x\n    at SECRET'],
  ['more of that than is kept', `${'x'.repeat(100)}\n    at SECRET\n`.repeat(200)],
])('records only the frames of an error of a call that has %s', async (_what, message) => {
  const llm = watch<any>({
    chat: { completions: { create: async () => Promise.reject(new SyntaxError(message)) } },
  });
  const { call, traces } = wrap(() => llm.chat.completions.create({ model }).catch(() => {}));
  await call();
  const { error } = traces[0].steps[1];
  expect(error.message).toBe('SyntaxError');
  expect(JSON.stringify(error)).not.toContain('SECRET');
  if (message.length < 1_000) expect(error.stackTrace).toMatch(/^ +at /);
});

it('names the class of an error that has only the name of its base', () => {
  class MyError extends Error {}
  const { call, traces } = wrap(() => {
    throw new MyError('mine');
  });
  expect(call).toThrow(MyError);
  expect(traces[0].errors[0].errorType).toBe('MyError');
});

describe('a trace with very many calls', () => {
  const text = '🙂'.repeat(1_000);

  it.each<[string, number, () => Promise<unknown>]>([
    ['that fail at length', 400, () => Promise.reject(new Error(text))],
    [
      'that answer at length',
      400,
      async () => ({ choices: [{ message: { content: text } }], model: text }),
    ],
    [
      'with tools',
      2_000,
      async () => ({
        choices: [{ message: { tool_calls: Array(20).fill({ function: { name: text } }) } }],
        model: text,
      }),
    ],
  ])('%s arrives, and says what was left out', async (_how, count, create) => {
    const sends = sequential(server.url);
    const llm = watch<any>({ chat: { completions: { create } } }, { captureContent: true });
    await sends.trace('Many', async () => {
      const calls = Array.from({ length: count }, () =>
        llm.chat.completions.create({ messages: [{ content: text }] }),
      );
      await Promise.allSettled(calls);
    })();
    await sends.flush();
    expect(server.seen).toHaveLength(1);
    const { steps, llm_usage } = server.seen[0].body;
    expect(steps[0].metadata.left_out[0]).toBe('previews and stacks of steps');
    expect(llm_usage.api_calls_count).toBe(count);
  });

  it.each<[string, unknown]>([
    ['a text of characters that are escaped', '\u0001'.repeat(200_000)],
    ['a text', 'x'.repeat(1_000_000)],
    ['a value with a form of its own', { toJSON: () => 'x'.repeat(1_000_000) }],
    ['a member with a long name', { ['x'.repeat(1_000_000)]: 1 }],
  ])('says what was left out where %s is too large', async (_what, value) => {
    const { call, traces } = wrap(() => {
      client.currentTrace()?.step('work', 'w').setMetadata({ value }).end();
    });
    await call();
    expect(traces[0].steps[0].metadata.left_out).toContain('metadata and errors of steps');
  });

  it('is whole as long as there is room', async () => {
    const llm = watch<any>({ chat: { completions: { create: async () => ({}) } } });
    const { call, traces } = wrap(async () => {
      for (let index = 0; index < 500; index += 1) await llm.chat.completions.create({ model });
    });
    await call();
    expect(traces[0].steps).toHaveLength(501);
    expect(traces[0].steps[0].metadata).toBe(undefined);
    expect(traces[0].llmUsage.calls).toHaveLength(500);
  });
});

describe('a builder', () => {
  it('names errors that say little of themselves', () => {
    const errors = new TraceBuilder('Name', 'About')
      .addError(null)
      .addError(Object.assign(new Error('m'), { code: 7 }))
      .addError({ message: 'm' } as any)
      .build().errors;
    expect(errors).toMatchObject([
      { errorType: 'null', message: 'null' },
      { errorType: 'Error', errorCode: '7' },
      { errorType: 'Error', message: 'm' },
    ]);
  });

  it('keeps every field of an error that a user describes', () => {
    const error = { errorType: 'Mine', message: 'm', errorCode: 'C', custom: 'kept' };
    const builder = new TraceBuilder('Name', 'About').addError(error);
    builder.step('action', 'About').setError(error).recordToolCall('tool', { error });
    const task = builder.build();
    expect(task.errors?.[0]).toEqual(error);
    expect(task.steps?.[0].error).toEqual(error);
    expect(task.steps?.[0].toolCall?.error).toEqual(error);
    expect(
      new TraceBuilder('Name', 'About').addError({ message: 'm' } as any).build().errors,
    ).toEqual([{ errorType: 'Error', message: 'm' }]);
  });

  it('records type and message of what a step threw, and nothing else', () => {
    const builder = new TraceBuilder('Name', 'About');
    const thrown = { message: 'm', request: { authorization: 'secret' } };
    expect(() =>
      builder.step('action', 'About', () => {
        throw thrown;
      }),
    ).toThrow();
    expect(builder.build().steps?.[0].error).toEqual({ errorType: 'Error', message: 'm' });
  });

  it('returns what the function of a step returned, of whatever class', async () => {
    const builder = new TraceBuilder('Name', 'About');
    const promise: any = builder.step('action', 'About', () =>
      openai().chat.completions.create({ model, messages: ask }),
    );
    const { data } = await promise.withResponse();
    expect(data.choices[0].message.content).toBe('Hello world');
    expect(builder.build().steps?.[0].durationMs).toEqual(expect.any(Number));
  });

  it.each<[string, (step: any) => unknown]>([
    ['toolCall', (step) => step.recordToolCall('tool', 'text')],
    ['metadata', (step) => step.setMetadata('text')],
    [
      'metadata',
      (step) =>
        step.setMetadata(
          Object.defineProperty({}, 'a', {
            enumerable: true,
            get() {
              throw new Error('mine');
            },
          }),
        ),
    ],
  ])('names %s when it cannot be read', (field, set) => {
    const step = new TraceBuilder('Name', 'About').step('action', 'About');
    expect(() => set(step)).toThrow(expect.objectContaining({ name: 'ValidationError', field }));
  });
});
