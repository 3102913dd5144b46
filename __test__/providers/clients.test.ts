// What holds for the clients of all providers' own packages: they behave the same whether they are watched or not, and
// what they do is recorded.

import { traced, traceTool, useProvider, type WatchOptions, watch } from '../support/watching';
import { type Subject, write } from './subject';
import { SUBJECTS } from './subjects';

const use = useProvider();

/** Lets the server give the answer of a subject next. */
function answer({ answer: body, requestIdHeader }: Subject): void {
  use.provider.script.push((response) => {
    if (requestIdHeader) response.setHeader(requestIdHeader, 'request-1');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
}

function stream({ type, pieces, requestIdHeader }: Subject): void {
  use.provider.script.push((response) => {
    if (requestIdHeader) response.setHeader(requestIdHeader, 'request-1');
    write(response, type, pieces);
    response.end();
  });
}

/** A stream that the server does not end, or breaks off. */
function endless({ type, pieces }: Subject, then: 'wait' | 'break'): void {
  use.provider.script.push((response) => {
    write(response, type, pieces.slice(0, 3));
    if (then === 'break') setImmediate(() => response.destroy());
  });
}

function refuse({ requestIdHeader }: Subject): void {
  use.provider.script.push((response) => {
    response.statusCode = 429;
    response.setHeader('content-type', 'application/json');
    if (requestIdHeader) response.setHeader(requestIdHeader, 'request-1');
    response.end('{"message":"no such luck","error":"no such luck"}');
  });
}

async function collect(given: AsyncIterable<any>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of given) items.push(item);
  return items;
}

const describeError = (error: any) => [error.constructor.name, error.message, Object.keys(error)];

const uses: [string, (subject: Subject, client: any) => Promise<unknown>][] = [
  [
    'an answer',
    (subject, client) => {
      answer(subject);
      return subject.whole(client);
    },
  ],
  [
    'its promise',
    async (subject, client) => {
      answer(subject);
      const promise = subject.whole(client);
      const seen = [promise.constructor.name, Object.keys(promise).sort()];
      await promise;
      return seen;
    },
  ],
  [
    'a stream',
    async (subject, client) => {
      stream(subject);
      const given = await subject.stream(client);
      return [given.constructor.name, Object.keys(given).sort(), await collect(given)];
    },
  ],
  [
    'a stream that is left early',
    async (subject, client) => {
      endless(subject, 'wait');
      for await (const item of await subject.stream(client)) return item;
      return undefined;
    },
  ],
  [
    'a stream that breaks off',
    async (subject, client) => {
      endless(subject, 'break');
      return collect(await subject.stream(client)).catch(describeError);
    },
  ],
  [
    'a refusal',
    async (subject, client) => {
      refuse(subject);
      return subject.whole(client).catch(describeError);
    },
  ],
  [
    'a refusal of a stream',
    async (subject, client) => {
      refuse(subject);
      return subject.stream(client).catch(describeError);
    },
  ],
];

describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))('%s', (_, subject) => {
  const make = (options?: WatchOptions) => watch(subject.make(use.provider.url), options);

  it.each(uses)('behaves the same when watched: %s', async (_name, run) => {
    const expected = await run(subject, subject.make(use.provider.url));
    const requests = use.provider.requests.splice(0);
    const plain = subject.make(use.provider.url);
    const client = watch(plain, { captureContent: true });
    expect(client).toBe(plain);
    watch(client);
    const outside = await run(subject, client);
    const after = use.provider.requests.splice(0);
    let inside: unknown;
    await traced(async () => {
      inside = await run(subject, client);
    });
    const shown = (value: unknown) => JSON.stringify(value);
    expect(shown(outside)).toBe(shown(expected));
    expect(shown(inside)).toBe(shown(expected));
    expect(after).toEqual(requests);
    expect(use.provider.requests).toEqual(requests);
  });

  it('records an answer', async () => {
    answer(subject);
    const { steps } = await traced(() => subject.whole(make()));
    expect(steps).toHaveLength(2);
    expect(steps?.[1]).toMatchObject({ action: 'llm_call', ...subject.wholeFacts });
    expect(steps?.[1]).not.toHaveProperty('error');
    expect(JSON.stringify(steps?.[1])).not.toContain('ello');
  });

  it('records a stream', async () => {
    stream(subject);
    const { steps } = await traced(async () => collect(await subject.stream(make())));
    expect(steps).toHaveLength(2);
    expect(steps?.[1]).toMatchObject(subject.streamFacts);
    expect(steps?.[1].metadata?.time_to_first_token_ms).toBeGreaterThanOrEqual(0);
    expect(steps?.[1]).not.toHaveProperty('error');
    expect(JSON.stringify(steps?.[1])).not.toContain('ello');
  });

  it('records content if asked to', async () => {
    answer(subject);
    stream(subject);
    const client = make({ captureContent: true });
    const { steps } = await traced(async () => {
      await subject.whole(client);
      await collect(await subject.stream(client));
    });
    const content = {
      inputPreview: expect.stringMatching(/user: Say hello$/),
      outputPreview: 'Hello world',
    };
    expect(steps?.slice(1)).toMatchObject([content, content]);
  });

  it('records which tools were asked for', async () => {
    answer(subject);
    stream(subject);
    const client = make();
    const getWeather = traceTool('get_weather', async (_args: unknown) => 'sunny');
    const { steps } = await traced(async () => {
      await subject.whole(client);
      await getWeather({ city: 'Paris' });
      await collect(await subject.stream(client));
      await getWeather({ city: 'Paris' });
    });
    expect(steps?.map(({ metadata }) => metadata?.requested_by_step)).toEqual([
      undefined,
      undefined,
      2,
      undefined,
      4,
    ]);
  });

  it('records a stream that is left early', async () => {
    endless(subject, 'wait');
    const { steps } = await traced(async () => {
      for await (const _item of await subject.stream(make())) break;
    });
    expect(steps).toHaveLength(2);
    expect(steps?.[1].llmCall?.latencyMs).toBeGreaterThanOrEqual(0);
    expect(steps?.[1]).not.toHaveProperty('error');
  });

  it('records a stream that breaks off', async () => {
    endless(subject, 'break');
    let thrown: any;
    const { steps } = await traced(async () => {
      thrown = await collect(await subject.stream(make())).catch((error: unknown) => error);
    });
    expect(steps?.[1].error?.errorType).toBe(thrown.name);
  });

  it('records a refusal, and leaves no rejection unhandled', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    try {
      refuse(subject);
      refuse(subject);
      const client = make();
      const { steps } = await traced(async () => {
        await subject.whole(client).catch(() => 'handled');
        await subject.stream(client).catch(() => 'handled');
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
      const metadata = {
        http_status: 429,
        ...(subject.requestIdHeader && { request_id: 'request-1' }),
      };
      const failed = { error: { message: expect.stringContaining('no such luck') }, metadata };
      expect(steps?.slice(1)).toMatchObject([failed, failed]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });
});
