// The answers of the platform, and the results and errors that they become.
import { inspect } from 'node:util';
import * as infinium from 'infinium-o2';
import { agentId, agentSecret, failure, sequential, task } from '../support/client';
import { cut, hang, reply, reset, until } from '../support/http';
import { collectLog } from '../support/log';
import { http } from '../support/raw';
import { useRawServer, useServer } from '../support/use';

const server = useServer();
const raw = useRawServer();
let client: infinium.InfiniumClient;
beforeEach(() => {
  client = sequential(server.url);
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

  it.each([
    [{ message: 'because' }],
    [{ message: '', detail: 'because' }],
    [{ detail: 'because' }],
    [{ error: { message: 'because' } }],
    [{ error: 'because' }],
  ])('finds what the platform says in %j', async (body) => {
    server.answer = reply(409, body);
    expect((await failure(client.sendTaskData(task()))).message).toContain(': because');
  });

  it.each([agentSecret, 'quote " backslash \\ secret'])(
    'repeats no secret that the platform repeats: %s',
    async (secret) => {
      server.answer = reply(400, { message: `bad key ${secret}`, [secret]: [secret] });
      const own = sequential(server.url, { agentSecret: secret });
      const error = await failure(own.sendTaskData(task()));
      const told = [
        error.message,
        error.stack,
        inspect(error, { depth: 9 }),
        JSON.stringify(error),
      ];
      expect(told.join()).not.toContain(secret);
      expect(told.join()).not.toContain(JSON.stringify(secret).slice(1, -1));
      expect(error.message).toContain('bad key [redacted]');
    },
  );

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

  it('names the system error when the connection is refused', async () => {
    const error = await failure(
      sequential('http://127.0.0.1:1', { maxRetries: 0 }).sendTaskData(task()),
    );
    expect(error).toBeInstanceOf(infinium.NetworkError);
    expect(error.originalError.code).toBe('ECONNREFUSED');
    expect(error.originalError.stack).toBe(`Error: ${error.originalError.message}`);
    expect(error.originalError.message).toMatch(/refused/i);
  });

  it('makes errors of what is known, and of nothing else', async () => {
    const bare = new infinium.InfiniumError('m');
    expect([Object.keys(bare), 'cause' in bare]).toEqual([[], false]);
    expect(new infinium.BatchError('m')).toMatchObject({
      totalTasks: 0,
      successfulTasks: 0,
      failedTasks: 0,
      errors: [],
      results: [],
    });
    const [originalError, cause] = [new Error('original'), new Error('cause')];
    expect(new infinium.NetworkError('m', { originalError } as object).cause).toBe(originalError);
    expect(new infinium.NetworkError('m', { originalError, cause } as object).cause).toBe(cause);
    server.answer = reply(409, 'no JSON');
    expect(await failure(client.sendTaskData(task()))).not.toHaveProperty('details');
  });

  it('names the system error when the connection is reset', async () => {
    raw.answer = (socket) => socket.resetAndDestroy();
    const error = await failure(sequential(raw.url, { maxRetries: 0 }).sendTaskData(task()));
    expect(error.originalError.code).toBe('ECONNRESET');
  });

  it('gives up on an attempt after its timeout', async () => {
    server.answer = hang;
    const error = await failure(
      sequential(server.url, { timeout: 250, maxRetries: 1 }).sendTaskData(task()),
    );
    expect(error).toBeInstanceOf(infinium.TimeoutError);
    expect(error).toBeInstanceOf(infinium.NetworkError);
    expect(error.timeoutDuration).toBe(250);
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

  it('reads 10 MiB, and not a byte more', async () => {
    const answer = (bytes: number) => reply(200, `"${'x'.repeat(bytes - 2)}"`);
    server.script.push(answer(10 * 1024 * 1024), answer(10 * 1024 * 1024 + 1));
    expect((await client.sendTaskData(task())).success).toBe(true);
    expect((await failure(client.sendTaskData(task()))).statusCode).toBe(200);
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

  it('retries after 429 with retryOnRateLimit', async () => {
    server.script.push(reply(429, {}, { 'retry-after': '0' }));
    expect(
      (await sequential(server.url, { retryOnRateLimit: true }).sendTaskData(task())).success,
    ).toBe(true);
    server.script.push(reply(429, {}, { 'retry-after': '0' }));
    const patient = sequential(server.url, { retryOnRateLimit: true, retryDelay: 4_000 });
    // Retry-After takes precedence over retryDelay.
    const start = performance.now();
    await patient.sendTaskData(task());
    expect(performance.now() - start).toBeLessThan(2_500);
  });
});

describe('an answer that is not whole', () => {
  const half = (status: string) => http(status, { 'content-length': 50 }, '{"m');

  it.each<[string, string]>([
    ['401 Unauthorized', 'AuthenticationError'],
    ['404 Not Found', 'NotFoundError'],
    ['422 Unprocessable', 'ValidationError'],
    ['302 Found', 'InfiniumError'],
  ])('but says %s is final, cut or not', async (status, name) => {
    for (const end of [true, false]) {
      raw.requests = 0;
      raw.answer = (socket) => {
        socket.write(half(status));
        if (end) socket.end();
      };
      const client = sequential(raw.url, { maxRetries: 1, timeout: 400 });
      const error = await failure(client.sendTaskData(task()));
      expect(error).toMatchObject({ name, statusCode: Number.parseInt(status, 10) });
      expect(raw.requests).toBe(1);
    }
  });

  it('but says 503 is tried again as that', async () => {
    raw.answer = (socket) => socket.end(half('503 Unavailable'));
    const client = sequential(raw.url, { maxRetries: 1 });
    expect(await failure(client.sendTaskData(task()))).toMatchObject({ name: 'ServerError' });
    expect(raw.requests).toBe(2);
  });
});

it('may have hundreds of headers', async () => {
  const headers = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [`x-${index}`, String(index)]),
  );
  server.script.push(reply(422, {}, headers), reply(200, {}, headers));
  const client = sequential(server.url);
  expect(await failure(client.sendTaskData(task()))).toMatchObject({ statusCode: 422 });
  expect(await client.sendTaskData(task())).toMatchObject({ success: true });
  expect(server.seen).toHaveLength(2);
});

it('may begin with the mark of UTF-8', async () => {
  server.script.push(reply(200, '\ufeff{"message":"Hello"}'));
  const response = await sequential(server.url).sendTaskData(task());
  expect(response).toMatchObject({ message: 'Hello', data: { message: 'Hello' } });
});

it.each<[string, string, string]>([
  ['half a surrogate pair', '{"message":"a\\ud800b"}', 'a\ufffdb'],
  ['the same member twice', '{"message":"a","message":"b"}', 'b'],
  ['a number that JavaScript cannot hold', '{"message":"a","n":1e999}', 'a'],
  ['great depth', `{"message":"a","n":${'['.repeat(500)}${']'.repeat(500)}}`, 'a'],
])('says what it says, also with %s', async (_what, body, said) => {
  server.script.push(reply(200, body), reply(422, body));
  const client = sequential(server.url);
  expect(await client.sendTaskData(task())).toMatchObject({ message: said });
  const error = await failure(client.sendTaskData(task()));
  expect(error.message).toBe(`refused by the platform (422): ${said}`);
});

it('is repeated in an error no longer than anybody reads', async () => {
  server.script.push(reply(500, { message: 'm'.repeat(1_000_000) }));
  const error = await failure(sequential(server.url, { maxRetries: 0 }).sendTaskData(task()));
  expect(error.message.length).toBeLessThan(1_100);
  expect(error.details.responseData.message).toHaveLength(1_000_000);
});

it.each<[string, (secret: string) => string]>([
  ['as it is', (secret) => JSON.stringify({ message: secret })],
  ['with escaped slashes', (secret) => JSON.stringify({ message: secret }).replaceAll('/', '\\/')],
  [
    'with everything escaped',
    (secret) =>
      `{"message":"${[...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
  ],
])('never shows the secret, written %s', async (_how, write) => {
  const secret = 'abc/def+ghi&<jkl>=';
  const lines = collectLog();
  const client = sequential(server.url, {
    agentSecret: secret,
    maxRetries: 0,
    enableLogging: true,
    logLevel: 'DEBUG',
  });
  for (const status of [302, 400, 401, 404, 409, 413, 429, 500]) {
    server.script.push(reply(status, write(secret)));
    const error = await failure(client.sendTaskData(task()));
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
    expect(error.details.responseData).toEqual({ message: '[redacted]' });
  }
  infinium.setupLogging(false);
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.join()).not.toContain(secret);
});

it('asks to wait until a time of its own clock', async () => {
  const now = Date.parse('2001-02-03T04:05:06Z');
  const at = (seconds: number) => new Date(now + seconds * 1_000).toUTCString();
  server.script.push(reply(429, {}, { date: at(0), 'retry-after': at(7) }));
  const error = await failure(sequential(server.url).sendTaskData(task()));
  expect(error).toMatchObject({ name: 'RateLimitError', retryAfter: 7 });
});
