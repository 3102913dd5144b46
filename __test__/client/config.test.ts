// The defaults of clients, and the limits of each option.
import { AsyncInfiniumClient, type ClientConfig, InfiniumClient, VERSION } from 'infinium-o2';
import { agentId, agentSecret, failure, options, sequential, task, tasks } from '../support/client';
import { accepted, reply, until } from '../support/http';
import { collectStderr } from '../support/log';
import { useEnvironment, useServer } from '../support/use';

const server = useServer();
useEnvironment();
afterEach(() => jest.restoreAllMocks());

/** The delay before the second attempt, read from the log and not waited for. */
async function delayOf(config: ClientConfig): Promise<number> {
  const { lines, restore } = collectStderr();
  const controller = new AbortController();
  const client = sequential(server.url, { enableLogging: true, logLevel: 'WARN', ...config });
  const sent = client.sendTaskData(task(), { signal: controller.signal });
  const told = () => lines.map((line) => /attempt 2 in (\d+) ms/.exec(line)).find(Boolean);
  const outcome = sent.catch((error) => error);
  await until(() => told() !== undefined);
  controller.abort();
  await outcome;
  restore();
  return Number(told()?.[1]);
}

describe('by default', () => {
  it('retries three times', async () => {
    server.answer = reply(500);
    await failure(sequential(server.url).sendTaskData(task()));
    expect(server.seen).toHaveLength(4);
  });

  it('waits a second before the first retry, give or take a quarter', async () => {
    server.answer = reply(500);
    const delay = await delayOf({ retryDelay: null });
    expect(delay).toBeGreaterThanOrEqual(750);
    expect(delay).toBeLessThanOrEqual(1250);
  });

  it('waits a minute at most between attempts', async () => {
    server.answer = reply(500);
    const delay = await delayOf({ retryDelay: 3_600_000 });
    expect(delay).toBeGreaterThanOrEqual(45_000);
    expect(delay).toBeLessThanOrEqual(60_000 * 1.25);
  });

  it('honours a Retry-After of a minute, and none that is longer', async () => {
    server.answer = reply(503, {}, { 'retry-after': '60' });
    expect(await delayOf({})).toBe(60_000);
    server.seen.length = 0;
    server.answer = reply(503, {}, { 'retry-after': '61' });
    expect(await failure(sequential(server.url).sendTaskData(task()))).toMatchObject({
      name: 'ServerError',
    });
    expect(server.seen).toHaveLength(1);
  });

  it('starts 20 requests at once, and 10 more a second', async () => {
    const client = new AsyncInfiniumClient({ agentId, agentSecret, baseUrl: server.url });
    const start = performance.now();
    await client.sendBatch(tasks(25));
    // The last five had to wait for half a second's worth of tokens.
    expect(server.seen[24].at - start).toBeGreaterThan(490);
    expect(server.seen[24].at - start).toBeLessThan(5_000);
    const { limiterWaits } = client.stats();
    expect(limiterWaits).toBeGreaterThan(0);
    expect(limiterWaits).toBeLessThanOrEqual(5);
  });

  it('has 32 requests in flight', async () => {
    const most = await mostInFlight({}, 100, 32);
    expect(most).toBe(32);
  });

  it('waits 1.5 seconds at most when the process ends', () => {
    const { readConfig } = require('../../lib/client/config');
    expect(readConfig({ agentId, agentSecret }).handle.exitTimeout).toBe(1_500);
  });

  it('says who it is', async () => {
    await sequential(server.url).sendTaskData(task());
    expect(server.seen[0].headers['user-agent']).toBe(`infinium-node/${VERSION}`);
  });

  it('logs nothing', async () => {
    const write = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    server.script.push(reply(500));
    await sequential(server.url).sendTaskData(task());
    server.script.push(reply(400));
    await failure(sequential(server.url).sendTaskData(task()));
    expect(write).not.toHaveBeenCalled();
  });

  it('takes an empty configuration object as one without options', () => {
    process.env.INFINIUM_AGENT_ID = agentId;
    process.env.INFINIUM_AGENT_SECRET = agentSecret;
    for (const nothing of [{}, null, undefined]) {
      expect(new InfiniumClient(nothing as any)).toBeInstanceOf(InfiniumClient);
    }
  });
});

/** Sends `count` tasks at once. Returns how many of them the server had at the same time. */
async function mostInFlight(config: ClientConfig, count: number, expected: number) {
  const client = sequential(server.url, config);
  let flying = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  server.answer = (response, seen, index) => {
    flying += 1;
    most = Math.max(most, flying);
    waiting.push(() => {
      flying -= 1;
      accepted(response, seen, index);
    });
    // Everything is held back until as many are there as may be.
    if (index + 1 < expected) return;
    setImmediate(() => {
      for (const answer of waiting.splice(0)) answer();
    });
  };
  await Promise.all(tasks(count).map((one) => client.sendTaskData(one)));
  return most;
}

describe('with options', () => {
  it.each([1, 7])('has %i in flight at most', async (limit) => {
    expect(await mostInFlight({ maxConcurrency: limit }, 30, limit)).toBe(limit);
  });

  it('does not limit the rate when that is switched off', async () => {
    const client = sequential(server.url, { enableRateLimiting: false, requestsPerSecond: 0.001 });
    await Promise.all(tasks(50).map((one) => client.sendTaskData(one)));
    expect(server.seen).toHaveLength(50);
  });

  it('sends the userAgent that it is given', async () => {
    await sequential(server.url, { userAgent: 'my-agent/2 (linux; x)' }).sendTaskData(task());
    expect(server.seen[0].headers['user-agent']).toBe('my-agent/2 (linux; x)');
  });

  it.each([
    ['maxRetries', 1, 2],
    ['maxRetries', 5, 6],
  ] as const)('keeps to a %s of %i', async (key, value, attempts) => {
    server.answer = reply(500);
    await failure(sequential(server.url, { [key]: value }).sendTaskData(task()));
    expect(server.seen).toHaveLength(attempts);
  });

  it('waits within a quarter of retryDelay, differently every time', async () => {
    server.answer = reply(500);
    const delays: number[] = [];
    for (let index = 0; index < 40; index += 1) delays.push(await delayOf({ retryDelay: 10_000 }));
    for (const delay of delays) {
      expect(delay).toBeGreaterThanOrEqual(7_500);
      expect(delay).toBeLessThanOrEqual(12_500);
    }
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(1_000);
  });

  it('waits no longer than maxRetryDelay, jitter aside', async () => {
    server.answer = reply(500);
    const delay = await delayOf({ retryDelay: 50_000, maxRetryDelay: 2_000 });
    expect(delay).toBeGreaterThanOrEqual(1_500);
    expect(delay).toBeLessThanOrEqual(2_500);
  });

  it('keeps to maxRetryAfter', async () => {
    server.answer = reply(503, {}, { 'retry-after': '3' });
    const brief = sequential(server.url, { maxRetryAfter: 2_999 });
    expect(await failure(brief.sendTaskData(task()))).toMatchObject({ statusCode: 503 });
    expect(server.seen).toHaveLength(1);
    expect(await delayOf({ maxRetryAfter: 3_000 })).toBe(3_000);
  });

  it.each([
    { agentId: 'abc' },
    { agentSecret: '12345678' },
    { timeout: 0.5 },
    { maxRetries: 0 },
    { maxRetries: 100 },
    { requestsPerSecond: 0.001 },
    { requestsPerSecond: 1_000_000 },
    { maxConcurrency: 1 },
    { retryDelay: 0 },
    { maxRetryDelay: 0 },
    { maxRetryAfter: 0 },
    { retryOnRateLimit: true },
    { logLevel: 'ERROR' as const },
    { caCertificates: [] },
    { maxQueueBytes: 0 },
    { queuePolicy: 'dropNewest' as const },
    { maxSpoolBytes: 0 },
    { spoolSync: true },
    { exitTimeout: 0 },
  ])('accepts %p', (edge) => {
    expect(() => new InfiniumClient(options('https://platform.test/', edge))).not.toThrow();
  });

  it('drops every slash at the end of baseUrl, and keeps its path', async () => {
    await sequential(server.url.replace('/api/v1', '/proxy/api//')).sendTaskData(task());
    await sequential(server.url.replace('/api/v1', '')).sendTaskData(task());
    expect(server.seen.map(({ url }) => url)).toEqual([
      `/proxy/api/agents/${agentId}/trace`,
      `/agents/${agentId}/trace`,
    ]);
  });
});

describe('the environment', () => {
  it.each([
    ['agentId', 'INFINIUM_AGENT_ID'],
    ['agentSecret', 'INFINIUM_AGENT_SECRET'],
  ])('has no %s when %s is empty', (key, variable) => {
    process.env[variable] = '';
    const config = { ...options(server.url), [key]: undefined };
    expect(() => new InfiniumClient(config)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', configKey: key }),
    );
  });

  it('does not stand in for an option that is given, not even for a wrong one', async () => {
    process.env.INFINIUM_AGENT_ID = 'from-environment';
    process.env.INFINIUM_AGENT_SECRET = 'secret-of-environment';
    process.env.INFINIUM_BASE_URL = 'http://127.0.0.1:1/';
    await sequential(server.url).sendTaskData(task());
    expect(server.seen[0].headers).toMatchObject({
      'x-agent-id': agentId,
      'x-agent-key': agentSecret,
    });
    expect(() => new InfiniumClient({ agentId: '' })).toThrow(
      expect.objectContaining({ configKey: 'agentId' }),
    );
  });

  it.each([
    ['agentId', 'INFINIUM_AGENT_ID', 'ab'],
    ['agentSecret', 'INFINIUM_AGENT_SECRET', 'hush-hu'],
    ['baseUrl', 'INFINIUM_BASE_URL', 'platform.test'],
  ])('is checked like %s', (key, variable, value) => {
    process.env[variable] = value;
    const config = { ...options(server.url), [key]: null };
    expect(() => new InfiniumClient(config)).toThrow(
      expect.objectContaining({
        configKey: key,
        message: expect.not.stringContaining('hush-hu'),
      }),
    );
  });

  it('is read when a client is made, not before and not after', async () => {
    process.env.INFINIUM_BASE_URL = server.url;
    const client = new InfiniumClient({ ...options(''), baseUrl: undefined });
    process.env.INFINIUM_BASE_URL = 'http://127.0.0.1:1/';
    await client.sendTaskData(task());
    expect(server.seen).toHaveLength(1);
  });
});

describe('plain http to another machine', () => {
  it('is warned of when a client is made, and never again', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const client = new InfiniumClient(options('http://platform.test/api'));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0][0])).toContain('https');
    expect(String(warn.mock.calls[0][0])).not.toContain(agentSecret);
    client.getCurrentIsoDatetime();
    await failure(client.sendTaskData(task({ duration: -1 })));
    await client.close();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it.each(['http://127.9.9.9/', 'http://LOCALHOST:8080', 'http://[::1]:1/'])(
    'is not what %s is',
    (baseUrl) => {
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
      new InfiniumClient(options(baseUrl));
      expect(warn).not.toHaveBeenCalled();
    },
  );

  it.each([
    'http://localhost.platform.test/',
    'http://127.0.0.1.platform.test/',
    'http://10.0.0.1',
  ])('is what %s is', (baseUrl) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    new InfiniumClient(options(baseUrl));
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

it('shows no password of a wrong baseUrl', () => {
  expect(() => new InfiniumClient(options('https://user:hush-hush@platform.test'))).toThrow(
    expect.objectContaining({
      configKey: 'baseUrl',
      message: expect.not.stringContaining('hush-hush'),
    }),
  );
});

it('refuses a getter that throws, and says which option it is', () => {
  const config = Object.defineProperty({ ...options(server.url) }, 'timeout', {
    get() {
      throw new Error('mine');
    },
  });
  expect(() => new InfiniumClient(config)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', configKey: 'timeout' }),
  );
});

const half = 'abcdefgh\ud800';
it.each([
  'agentId',
  'agentSecret',
  'baseUrl',
  'userAgent',
  'queuePolicy',
  'spoolDir',
  'caCertificates',
])('refuses half of a surrogate pair in %s', (configKey) => {
  const make = () => new InfiniumClient({ agentId, agentSecret, [configKey]: half });
  expect(make).toThrow(expect.objectContaining({ name: 'ConfigurationError', configKey }));
  const whole = () =>
    new InfiniumClient({ agentId, agentSecret, spoolDir: undefined, userAgent: 'a' });
  expect(whole).not.toThrow();
});

it('names the option that is too long', () => {
  const make = () => new InfiniumClient({ agentId: 'a'.repeat(70_000), agentSecret });
  expect(make).toThrow(expect.objectContaining({ configKey: 'agentId' }));
});

it.each([
  [{ agentId: 'ab' }, 'agentId must be at least 3 characters (got 2); set it or INFINIUM_AGENT_ID'],
  [
    { agentSecret: '1234567' },
    'agentSecret must be at least 8 characters (got 7); set it or INFINIUM_AGENT_SECRET',
  ],
  [{ timeout: -1 }, 'timeout must be greater than 0 ms (got -1)'],
  [{ retryDelay: -1 }, 'retryDelay must be 0 ms or more (got -1)'],
  [{ exitTimeout: -1 }, 'exitTimeout must be 0 ms or more (got -1)'],
  [{ maxRetries: 1.5 }, 'maxRetries must be a whole number, 0 or more (got 1.5)'],
  [{ maxQueueBytes: -1 }, 'maxQueueBytes must be a whole number, 0 or more (got -1)'],
  [
    { queuePolicy: 'drop_all' as any },
    "queuePolicy must be 'dropOldest' or 'dropNewest' (got 'drop_all')",
  ],
])('spells the option as its user does when it refuses %p', (wrong, message) => {
  const make = () => new InfiniumClient({ agentId, agentSecret, ...wrong });
  const [configKey] = Object.keys(wrong);
  expect(make).toThrow(expect.objectContaining({ name: 'ConfigurationError', configKey, message }));
});

it('takes any time that is more than none', () => {
  expect(() => new InfiniumClient({ agentId, agentSecret, timeout: 1e-10 })).not.toThrow();
});

it('names certificates that cannot be read', () => {
  const { proxy, revoke } = Proxy.revocable([] as string[], {});
  revoke();
  const make = () => new InfiniumClient({ agentId, agentSecret, caCertificates: proxy });
  expect(make).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', configKey: 'caCertificates' }),
  );
});
