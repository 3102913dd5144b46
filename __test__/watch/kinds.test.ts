// Promises and streams of other kinds than those of the providers' own packages: the caller gets the same object,
// or one that behaves the same, and what it reads is recorded.
import { watch } from 'infinium-o2';
import { ask, model, traced } from '../support/watching';

const LATENCY = 20;
const usage = { prompt_tokens: 11, completion_tokens: 7 };
const whole = { model: 'm-2026', choices: [{ message: { content: 'Hello' } }], usage };
const chunks = [
  { model: 'm-2026', choices: [{ delta: { content: 'Hel' } }] },
  { model: 'm-2026', choices: [{ delta: { content: 'lo' } }] },
  { model: 'm-2026', choices: [], usage },
];

const later = () => new Promise<void>((resolve) => setTimeout(resolve, LATENCY));

async function* generate() {
  for (const chunk of chunks) {
    await later();
    yield chunk;
  }
}

const webStream = (Kind: any = ReadableStream) =>
  new Kind({
    async pull(controller: any) {
      for (const chunk of chunks) controller.enqueue(chunk);
      await later();
      controller.close();
    },
  });

/** A promise with a class of its own. */
class Request extends Promise<unknown> {
  readonly id = 'request-1';
}
const request = (
  settle: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void,
) => new Request((resolve, reject) => setTimeout(settle, LATENCY, resolve, reject));

/** Has `then`, and starts when it is called, as the builders of some packages do. */
const thenable = (value: unknown) => ({
  started: 0,
  // biome-ignore lint/suspicious/noThenProperty: that is what it is for
  then(onValue: any, onError: any) {
    this.started += 1;
    return later()
      .then(() => value)
      .then(onValue, onError);
  },
});

async function collect(stream: AsyncIterable<any>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Reads what a method returns, within a trace, and returns the step of the call. */
async function stepOf(create: () => unknown, read: (result: any) => unknown) {
  const client = watch<any>({ chat: { completions: { create } } }, { captureContent: true });
  const task = await traced(() => read(client.chat.completions.create({ model, messages: ask })));
  expect(task.steps).toHaveLength(2);
  return task.steps![1] as any;
}

const recorded = {
  outputPreview: 'Hello',
  llmCall: { model: 'm-2026', promptTokens: 11, completionTokens: 7 },
};

describe('promises', () => {
  it.each<[string, () => any]>([
    ['a promise with a class of its own', () => request((resolve) => resolve(whole))],
    ['an object with then', () => thenable(whole)],
    ['an ordinary promise', () => later().then(() => whole)],
    [
      'an ordinary promise with a member',
      () =>
        Object.assign(
          later().then(() => whole),
          { id: 'request-1' },
        ),
    ],
  ])('records the answer of %s, with its latency', async (_kind, create) => {
    const step = await stepOf(create, async (result) => expect(await result).toBe(whole));
    expect(step).toMatchObject(recorded);
    expect(step.llmCall.latencyMs).toBeGreaterThanOrEqual(LATENCY - 2);
  });

  it.each<[string, (result: any) => Promise<unknown>]>([
    ['Promise.all', (result) => Promise.all([result])],
    ['then', (result) => result.then((value: unknown) => [value])],
    ['catch', (result) => result.catch(() => {}).then((value: unknown) => [value])],
    ['finally', (result) => result.finally(() => {}).then((value: unknown) => [value])],
  ])('observes a promise with a class of its own that is read with %s', async (_how, read) => {
    const create = () => request((resolve) => resolve(whole));
    const step = await stepOf(create, async (result) =>
      expect(await read(result)).toEqual([whole]),
    );
    expect(step).toMatchObject(recorded);
  });

  it('returns the same object, which is not started early', async () => {
    const made: any[] = [];
    const keep = (value: any) => {
      made.push(value);
      return value;
    };
    await stepOf(
      () => keep(request((resolve) => resolve(whole))),
      (result) => {
        expect(result).toBe(made[0]);
        expect([result instanceof Request, result.id]).toEqual([true, 'request-1']);
      },
    );
    await stepOf(
      () => keep(thenable(whole)),
      async (result) => {
        expect(result).toBe(made[1]);
        expect(result.started).toBe(0);
        await result;
        expect(result.started).toBe(1);
      },
    );
  });

  it.each<[string, () => any]>([
    [
      'a promise with a class of its own',
      () => request((_, reject) => reject(new Error('no luck'))),
    ],
    ['an ordinary promise', () => later().then(() => Promise.reject(new Error('no luck')))],
  ])(
    'reports the rejection of %s once if it is not handled, and records it if it is',
    async (_kind, create) => {
      const { process } = (URL.constructor as FunctionConstructor)('return globalThis')();
      const others = process.listeners('unhandledRejection');
      const unhandled: unknown[] = [];
      process.removeAllListeners('unhandledRejection');
      process.on('unhandledRejection', (error: Error) => unhandled.push(error.message));
      try {
        await stepOf(create, async () => {
          await later();
          await later();
        });
        await new Promise(setImmediate);
        expect(unhandled).toEqual(['no luck']);
        const step = await stepOf(create, (result) => result.then(undefined, () => 'handled'));
        await new Promise(setImmediate);
        expect(unhandled).toHaveLength(1);
        expect(step.error.message).toBe('no luck');
      } finally {
        process.removeAllListeners('unhandledRejection');
        for (const other of others) process.on('unhandledRejection', other);
      }
    },
  );

  it('is an answer that is no promise', async () => {
    expect(
      await stepOf(
        () => whole,
        () => {},
      ),
    ).toMatchObject(recorded);
  });
});

describe('streams', () => {
  /** Yields items of its own iterator, like the streams of many packages. */
  class Events {
    async *[Symbol.asyncIterator]() {
      yield* generate();
    }
  }

  /** A web stream of its own class, as packages have them for runtimes whose streams cannot be iterated. */
  class EventStream extends (ReadableStream as new () => any) {
    async *[Symbol.asyncIterator]() {
      const reader = this.getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        yield value;
      }
    }
  }

  const kinds: [string, () => any][] = [
    ['an async generator', generate],
    ['a stream with a class of its own', () => new Events()],
    ['a web stream', () => webStream()],
    ['a web stream with a class of its own', () => webStream(EventStream)],
  ];

  it.each(
    kinds.flatMap(([kind, create]): [string, () => any][] => [
      [kind, create],
      [`a promise of ${kind}`, async () => create()],
      [
        `a promise with a class of its own of ${kind}`,
        () => request((resolve) => resolve(create())),
      ],
    ]),
  )('records %s, with its latency', async (_kind, create) => {
    const step = await stepOf(create, async (result) => {
      const stream = await result;
      expect(await collect(stream)).toEqual(chunks);
    });
    expect(step).toMatchObject(recorded);
    expect(step.llmCall.latencyMs).toBeGreaterThanOrEqual(LATENCY - 2);
  });

  it('returns the same object', async () => {
    for (const [, make] of kinds) {
      const stream = make();
      const methods = Object.keys(stream);
      await stepOf(
        () => stream,
        (result) => {
          expect(result).toBe(stream);
          expect(Object.keys(result)).toEqual(methods);
        },
      );
    }
  });

  async function read(reader: any): Promise<unknown[]> {
    const items: unknown[] = [];
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return items;
      items.push(value);
    }
  }

  const sink = (into: unknown[]) => new WritableStream({ write: (chunk) => void into.push(chunk) });

  it.each<[string, (stream: any) => Promise<unknown[]>]>([
    ['getReader', (stream) => read(stream.getReader())],
    ['values', (stream) => collect(stream.values())],
    [
      'tee',
      async (stream) => {
        const [left, right] = stream.tee();
        const [first] = await Promise.all([collect(left), collect(right)]);
        return first;
      },
    ],
    ['pipeThrough', (stream) => collect(stream.pipeThrough(new TransformStream()) as any)],
    [
      'pipeTo',
      async (stream) => {
        const items: unknown[] = [];
        await stream.pipeTo(sink(items));
        return items;
      },
    ],
  ])('records a web stream that is read with %s', async (_how, run) => {
    const step = await stepOf(
      () => webStream(),
      async (stream) => expect(await run(stream)).toEqual(chunks),
    );
    expect(step).toMatchObject(recorded);
  });

  it('leaves a pipe alone that is to be used again', async () => {
    const items: unknown[] = [];
    await stepOf(
      () => webStream(),
      async (stream) => {
        await stream.pipeTo(sink(items), { preventCancel: true });
        expect(stream.locked).toBe(false);
      },
    );
    expect(items).toEqual(chunks);
  });

  it('passes the failure of a web stream on, and records it', async () => {
    const failing = () =>
      new ReadableStream({
        start: (controller) => controller.enqueue(chunks[0]),
        pull: () => Promise.reject(new Error('no luck')),
      });
    const pipes = (stream: any) => collect(stream.pipeThrough(new TransformStream()));
    for (const run of [collect, pipes, (stream: any) => stream.pipeTo(sink([]))]) {
      const step = await stepOf(failing, (stream) =>
        expect(run(stream)).rejects.toThrow('no luck'),
      );
      expect(step.llmCall.model).toBe('m-2026');
      expect(step.error.message).toBe('no luck');
    }
    const step = await stepOf(failing, (stream) => collect(stream).catch(() => {}));
    expect(step.error.message).toBe('no luck');
  });

  it('ends with the reader that leaves, unless an item is still to come', async () => {
    const started = performance.now();
    let leftAt = 0;
    const left = await stepOf(generate, async (stream) => {
      for await (const _chunk of stream) break;
      leftAt = performance.now() - started;
      await later();
    });
    expect(left).toMatchObject({ outputPreview: 'Hel', llmCall: { model: 'm-2026' } });
    expect(left.llmCall.latencyMs).toBeLessThanOrEqual(Math.ceil(leftAt));
    const failing = async function* () {
      yield chunks[0];
      await later();
      throw new Error('no luck');
    };
    const failed = await stepOf(failing, async (stream) => {
      await stream.next();
      const next = stream.next();
      const end = stream.return();
      await expect(next).rejects.toThrow('no luck');
      await end;
    });
    expect(failed.error.message).toBe('no luck');
  });

  it('reads an iterator of another shape', async () => {
    const items = chunks.values();
    const plain = {
      next: () => thenable(items.next()),
      [Symbol.asyncIterator]: () => plain,
    };
    expect(await stepOf(() => plain, collect)).toMatchObject(recorded);
  });
});

describe('an answer that is asked for before it is handed on', () => {
  const { APIPromise } = require('openai/core/api-promise');

  it.each(['then', 'asResponse'])('keeps what comes of it: %s', async (method) => {
    const client: any = {};
    const made = (outcome: Promise<unknown>) => {
      const promise = new APIPromise(
        client,
        outcome,
        async (_client: any, { answer }: any) => answer,
      );
      promise[method]().then(
        () => {},
        () => {},
      );
      return promise;
    };
    const failed = await stepOf(
      () => made(later().then(() => Promise.reject(new Error('no luck')))),
      (result) => result.catch(() => 'handled'),
    );
    expect(failed.error.message).toBe('no luck');
    expect(failed.llmCall.latencyMs).toBeGreaterThanOrEqual(LATENCY - 2);
    const succeeded = await stepOf(
      () => made(later().then(() => ({ answer: whole, response: {} }))),
      async (result) => expect(await result).toBe(whole),
    );
    expect(succeeded).toMatchObject(recorded);
  });

  it('reports its rejection as often as without us', async () => {
    // Handled by the one who asked first, and the caller does not read it.
    await stepOf(
      () => {
        const promise = new APIPromise({}, Promise.reject(new Error('no luck')));
        promise.catch(() => {});
        return promise;
      },
      async () => {
        await new Promise(setImmediate);
      },
    );
  });
});
