// The options of a client, and the errors for wrong ones.
import { inspect } from 'node:util';
import {
  AsyncInfiniumClient,
  ConfigurationError,
  InfiniumClient,
  InfiniumError,
} from 'infinium-o2';
import { agentId, agentSecret, failure, options, task } from '../support/client';
import { reply } from '../support/http';
import { collectStderr } from '../support/log';
import { useEnvironment, useServer } from '../support/use';

const server = useServer();
useEnvironment();

describe.each([InfiniumClient, AsyncInfiniumClient])('%p', (Client) => {
  it.each([
    ['agentId', ['', 'ab', '  ab  ', 'agént', 'a\nbc', 5, {}]],
    ['agentSecret', ['', '1234567', 'with\nbreak', 'pässword', ' 12345678', 12345678]],
    [
      'baseUrl',
      [
        '',
        'example.com',
        '/api',
        'ftp://a.b',
        'http://u:p@a.b',
        'http://a.b/?q',
        'http://a.b/#f',
        5,
      ],
    ],
    ['timeout', [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '30']],
    ['maxRetries', [-1, 101, 1.5, Number.NaN, '3']],
    ['enableRateLimiting', [1, 'true']],
    ['requestsPerSecond', [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '10']],
    ['adaptiveRateLimit', [1, 'true']],
    ['userAgent', ['a\nb', 'é', 5]],
    ['enableLogging', [1, 'yes']],
    ['quiet', [0, 'true']],
    ['logLevel', ['info', 'TRACE', 5]],
    ['maxConcurrency', [0, -1, 1.5, Number.NaN]],
    ['retryDelay', [-1, Number.NaN, '1']],
    ['maxRetryDelay', [-1, Number.POSITIVE_INFINITY]],
    ['maxRetryAfter', [-1, Number.NaN]],
    ['retryOnRateLimit', [1, 'always']],
    ['maxQueueBytes', [-1, 1.5, Number.POSITIVE_INFINITY, '1']],
    ['queuePolicy', ['', 'dropold', 'DropOldest', 1]],
    ['spoolDir', ['', 'a\0b', 1, {}]],
    ['maxSpoolBytes', [-1, 0.5, Number.NaN]],
    ['spoolSync', ['true', 1]],
    ['exitTimeout', [-1, Number.NaN, Number.POSITIVE_INFINITY, '1']],
    [
      'caCertificates',
      ['nonsense', [5], 5, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ],
  ])('refuses a wrong %s, and says which option it is', (key, values) => {
    for (const value of values) {
      let error: any;
      try {
        new Client({ ...options(server.url), [key]: value } as any);
      } catch (thrown) {
        error = thrown;
      }
      expect([value, error?.configKey]).toEqual([value, key]);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toBeInstanceOf(InfiniumError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe('ConfigurationError');
      expect(error.message).toMatch(new RegExp(`^${key} `));
    }
  });

  it('refuses what is no configuration', () => {
    expect(() => new Client('agent' as any)).toThrow(ConfigurationError);
  });

  it('takes null and undefined for the defaults', async () => {
    const nothing = Object.fromEntries(
      [
        'timeout',
        'maxRetries',
        'userAgent',
        'logLevel',
        'maxConcurrency',
        'caCertificates',
        'retryOnRateLimit',
        'maxQueueBytes',
        'queuePolicy',
        'spoolDir',
        'maxSpoolBytes',
        'spoolSync',
        'exitTimeout',
      ].map((key, index) => [key, index % 2 ? null : undefined]),
    );
    const client = new Client({ ...options(server.url), ...nothing });
    await client.sendTaskData(task());
    expect(server.seen[0].headers['user-agent']).toMatch(/^infinium-node\/\d+\.\d+\.\d+/);
  });

  it('finds what is missing in the environment', async () => {
    process.env.INFINIUM_AGENT_ID = 'from-environment';
    process.env.INFINIUM_AGENT_SECRET = 'secret-of-environment';
    process.env.INFINIUM_BASE_URL = server.url;
    await new Client().sendTaskData(task());
    await new Client({ agentId: 'from-options', agentSecret: null }).sendTaskData(task());
    expect(
      server.seen.map(({ headers }) => [headers['x-agent-id'], headers['x-agent-key']]),
    ).toEqual([
      ['from-environment', 'secret-of-environment'],
      ['from-options', 'secret-of-environment'],
    ]);
  });

  it.each([
    ['INFINIUM_AGENT_ID', 'agentId'],
    ['INFINIUM_AGENT_SECRET', 'agentSecret'],
  ])('says that %s may hold a missing %s', (variable, key) => {
    delete process.env[variable];
    const given = { agentId, agentSecret, baseUrl: server.url, [key]: undefined };
    expect(() => new Client(given)).toThrow(
      expect.objectContaining({ configKey: key, message: expect.stringContaining(variable) }),
    );
  });

  it('encodes the agent as one segment of the path', async () => {
    const client = new Client(options(`${server.url}//`, { agentId: ' a/b c?d%e#f ' }));
    await client.sendTaskData(task());
    expect(server.seen[0].url).toBe('/api/v1/agents/a%2Fb%20c%3Fd%25e%23f/trace');
    expect(server.seen[0].headers['x-agent-id']).toBe('a/b c?d%e#f');
  });

  it('warns once of credentials in the clear, and never on this machine', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      for (const host of ['localhost', '127.0.0.1', '[::1]', 'a.localhost'])
        new Client(options(`http://${host}:9`));
      new Client(options('https://platform.example'));
      expect(warn).not.toHaveBeenCalled();
      new Client(options('http://platform.example'));
      expect(warn).toHaveBeenCalledTimes(1);
    } finally {
      warn.mockRestore();
    }
  });

  it('shows its secret nowhere', async () => {
    const { lines, restore } = collectStderr();
    const shown: string[] = [];
    const show = (value: unknown) => {
      shown.push(
        inspect(value, { depth: 9, showHidden: true, getters: true }),
        JSON.stringify(value) ?? '',
        String(value),
      );
    };
    try {
      const client = new Client(
        options(server.url, { enableLogging: true, logLevel: 'DEBUG', maxRetries: 1 }),
      );
      show(client);
      for (const status of [400, 401, 404, 429, 500, 302]) {
        server.script.push(
          ...Array(2).fill(reply(status, { message: `no ${agentSecret}`, key: agentSecret })),
        );
        const error = await failure(client.sendTaskData(task()));
        show(error);
        shown.push(String(error.stack), String(error.cause));
        server.script.length = 0;
      }
      shown.push(String(await failure(client.sendTaskData(task({ duration: 'long' })))));
      await client.close();
    } finally {
      restore();
    }
    expect(lines.length).toBeGreaterThan(5);
    expect(
      lines.every((line) => /^\[infinium\] (DEBUG|INFO|WARN|ERROR) [^\n]+\n$/.test(line)),
    ).toBe(true);
    expect([...shown, ...lines].join('\n')).not.toContain(agentSecret);
  });
});
