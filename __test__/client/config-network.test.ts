// TLS and proxies: which servers a client trusts, and how it gets to them.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ClientConfig } from 'infinium-o2';
import { agentId, agentSecret, failure, options, sequential, task } from '../support/client';
import { reply, startServer } from '../support/http';
import { runProgram } from '../support/program';
import { createIdentity } from '../support/tls';
import { useProxy, useServer } from '../support/use';

// This name resolves nowhere but in the proxy.
const HOST = 'platform.test';
// This address is reachable, but does not count as this machine.
const ANYWHERE = '0.0.0.0';

const mine = createIdentity(['127.0.0.1', HOST, ANYWHERE]);
const other = createIdentity(['127.0.0.1']);
const server = useServer(mine);
const proxy = useProxy();
beforeEach(() => {
  proxy.port = Number(new URL(server.url).port);
});

describe('caCertificates', () => {
  it.each([
    ['a string', () => mine.ca],
    ['an array', () => [mine.ca]],
    ['several in a string', () => other.ca + mine.ca],
    ['several in an array', () => [other.ca, mine.ca]],
    ['bytes', () => Buffer.from(mine.ca)],
    ['bytes of DER', () => Buffer.from(mine.ca.replace(/-----.*-----/g, ''), 'base64')],
    ['text after a byte order mark', () => `\ufeff${mine.ca}`],
    ['text of an environment variable', () => mine.ca.replaceAll('\n', '\\n')],
  ])('are trusted when given as %s', async (_how, certificates) => {
    const client = sequential(server.url, { caCertificates: certificates() });
    expect((await client.sendTaskData(task())).success).toBe(true);
    expect(server.seen[0].headers['x-agent-key']).toBe(agentSecret);
  });

  it.each([
    ['none', () => undefined],
    ['others', () => other.ca],
  ])('are what keeps a secret from strangers: %s given', async (_how, certificates) => {
    const config = { caCertificates: certificates(), maxRetries: 1 };
    const error = await failure(sequential(server.url, config).sendTaskData(task()));
    expect(error.name).toBe('NetworkError');
    expect(error.message).toMatch(/self-signed certificate|authority that is not trusted/);
    expect(error.message).toContain(new URL(server.url).host);
    expect(error.message).toContain('caCertificates');
    expect(error.code).toMatch(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/);
    expect(server.seen).toEqual([]);
  });

  it('may be read from the file of NODE_EXTRA_CA_CERTS or SSL_CERT_FILE', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'infinium-ca-')), 'ca.pem');
    writeFileSync(file, mine.ca);
    const config = { ...options(server.url), caCertificates: null };
    for (const variable of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) {
      expect(await sendVia({ [variable]: file }, config)).toMatchObject({ success: true });
    }
    expect(await sendVia({}, config)).toMatchObject({ name: 'NetworkError' });
  });
});

describe('a self-signed server', () => {
  const alone = useServer(mine.alone);

  it('is trusted if its certificate is given', async () => {
    const client = sequential(alone.url, { caCertificates: mine.alone?.ca });
    expect((await client.sendTaskData(task())).success).toBe(true);
    await client.getPrompt('p1', 'key-1', 'latest').catch((error) => {
      expect(error.name).not.toBe('NetworkError');
    });
    expect(alone.seen).toHaveLength(2);
  });

  it('is named otherwise, with what to do', async () => {
    const error = await failure(sequential(alone.url, { maxRetries: 0 }).sendTaskData(task()));
    expect(error).toMatchObject({ name: 'NetworkError', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(error.originalError.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    const { host } = new URL(alone.url);
    expect(error.message).toBe(
      `could not connect to ${host}: self-signed certificate; pass it in caCertificates`,
    );
  });
});

it.each([
  ['http://127.0.0.1:1', 'ECONNREFUSED', 'could not connect to 127.0.0.1:1 (ECONNREFUSED)'],
  ['http://nowhere.invalid', 'ENOTFOUND', 'could not find the address of nowhere.invalid'],
])('an error of the network names the host and has a code: %s', async (url, code, message) => {
  const client = sequential(url, { maxRetries: 0, quiet: true });
  const calls = [() => client.sendTaskData(task()), () => client.getPrompt('p1', 'key-1')];
  for (const call of calls) {
    const error = await failure(call() as Promise<any>);
    expect(error.code === code || (code === 'ENOTFOUND' && error.code === 'EAI_AGAIN')).toBe(true);
    expect(error.message).toContain(message);
  }
});

/** Sends one task in a process with these proxy variables. Returns its result or error. */
async function sendVia(env: NodeJS.ProcessEnv, config: ClientConfig): Promise<any> {
  const given = { maxRetries: 0, caCertificates: mine.ca, ...config };
  const { stdout, stderr } = await runProgram(
    `const client = new infinium.InfiniumClient(${JSON.stringify(given)});
    client.sendTaskData(${JSON.stringify(task())})
      .catch((error) => error)
      .then((outcome) => console.log(JSON.stringify({
        name: outcome.name, success: outcome.success, shown: require('node:util').inspect(outcome),
      })));`,
    env,
  );
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Makes a client in a process with these proxy variables; returns the error, or nothing. */
async function construct(env: NodeJS.ProcessEnv, config: ClientConfig): Promise<any> {
  const { stdout, stderr } = await runProgram(
    `let outcome = {};
    try { new infinium.InfiniumClient(${JSON.stringify(config)}); }
    catch (error) {
      const { name, message, configKey } = error;
      outcome = { name, message, configKey, shown: require('node:util').inspect(error) };
    }
    console.log(JSON.stringify(outcome));`,
    env,
  );
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

const remote = () => options(`https://${HOST}/api/v1`);

describe('ALL_PROXY', () => {
  it.each(['ALL_PROXY', 'all_proxy'])('is honoured as %s', async (variable) => {
    const env = { [variable]: proxy.url, HTTPS_PROXY: '' };
    expect(await sendVia(env, remote())).toMatchObject({ success: true });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('does not count where HTTPS_PROXY is set', async () => {
    const env = { ALL_PROXY: 'http://127.0.0.1:1', https_proxy: proxy.url };
    expect(await sendVia(env, remote())).toMatchObject({ success: true });
    expect(proxy.tunnels).toHaveLength(1);
  });
});

describe('HTTPS_PROXY', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])('is honoured as %s', async (variable) => {
    expect(await sendVia({ [variable]: proxy.url }, remote())).toMatchObject({ success: true });
    expect(proxy.tunnels.map(({ target }) => target)).toEqual([`${HOST}:443`]);
    expect(proxy.requests).toEqual([]);
    expect(server.seen[0]).toMatchObject({ url: `/api/v1/agents/${agentId}/trace` });
  });

  it('never sees requests to this machine', async () => {
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url };
    expect(await sendVia(env, options(server.url))).toMatchObject({ success: true });
    expect([proxy.tunnels, proxy.requests]).toEqual([[], []]);
    expect(server.seen).toHaveLength(1);
  });

  it('never sees plain http', async () => {
    const plain = await startServer();
    try {
      const env = { HTTPS_PROXY: proxy.url };
      const config = options(plain.url.replace('127.0.0.1', ANYWHERE));
      expect(await sendVia(env, config)).toMatchObject({ success: true });
      expect([proxy.tunnels, proxy.requests]).toEqual([[], []]);
      expect(plain.seen).toHaveLength(1);
    } finally {
      await plain.stop();
    }
  });

  it.each([
    [undefined, '', 1],
    ['NO_PROXY', '', 1],
    ['NO_PROXY', 'elsewhere.test', 1],
    ['NO_PROXY', ANYWHERE, 0],
    ['no_proxy', ANYWHERE, 0],
    ['NO_PROXY', `elsewhere.test, ${ANYWHERE}`, 0],
    ['NO_PROXY', '*', 0],
    ['NO_PROXY', 'elsewhere.test, *', 0],
  ])('with %s set to %p is asked %i times', async (variable, value, asked) => {
    const env = { HTTPS_PROXY: proxy.url, ...(variable && { [variable]: value }) };
    const config = options(server.url.replace('127.0.0.1', ANYWHERE));
    expect(await sendVia(env, config)).toMatchObject({ success: true });
    expect(server.seen).toHaveLength(1);
    expect(proxy.tunnels).toHaveLength(asked);
  });

  it('is never asked for a host name when NO_PROXY is *', async () => {
    const outcome = await sendVia(
      { HTTPS_PROXY: proxy.url, NO_PROXY: '*' },
      { ...remote(), timeout: 2_000 },
    );
    expect(outcome.name).toMatch(/^(Network|Timeout)Error$/);
    expect(proxy.tunnels).toEqual([]);
  });

  it('is not asked for hosts below a domain of NO_PROXY', async () => {
    // Such a host has no address, so nothing arrives: but it must not arrive through the proxy.
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: '.test' };
    const outcome = await sendVia(env, { ...remote(), timeout: 2_000 });
    expect(outcome.name).toMatch(/^(Network|Timeout)Error$/);
    expect(proxy.tunnels).toEqual([]);
  });

  it('is asked when NO_PROXY names others', async () => {
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: 'elsewhere.test,form.test,127.0.0.1' };
    expect(await sendVia(env, remote())).toMatchObject({ success: true });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it.each([
    ['*.test', HOST],
    ['test', HOST],
    ['PLATFORM.test.:443', HOST],
    ['elsewhere.test 0.0.0.0/8', ANYWHERE],
  ])('is not asked when NO_PROXY is %p and the host %s', async (noProxy, host) => {
    const config = options(`https://${host}`);
    const outcome = await sendVia(
      { HTTPS_PROXY: proxy.url, NO_PROXY: noProxy },
      { ...config, timeout: 2_000 },
    );
    expect(outcome.name).toMatch(/^(Network|Timeout)Error$/);
    expect(proxy.tunnels).toEqual([]);
  });

  it.each(['*.elsewhere.test', `${HOST}:8443`, '127.0.0.0/8', '0.0.0.0/99, [::1', 'atform.test'])(
    'is asked when NO_PROXY is %p',
    async (noProxy) => {
      const env = { HTTPS_PROXY: proxy.url, NO_PROXY: noProxy };
      expect(await sendVia(env, remote())).toMatchObject({ success: true });
      expect(proxy.tunnels).toHaveLength(1);
    },
  );

  it.each([
    'ftp://user:hush-hush@proxy.test',
    'socks5://user:hush-hush@proxy.test:1080',
    'http://user:hush-hush@',
    'http://user:hush-hush@proxy.test:port',
    'not a URL, hush-hush',
  ])('throws a ConfigurationError without the password when it is %p', async (url) => {
    for (const variable of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
      const outcome = await construct({ [variable]: url }, remote());
      expect(outcome).toMatchObject({ name: 'ConfigurationError', configKey: variable });
      expect(outcome.message).toMatch(new RegExp(`^${variable} must `));
      expect(outcome.shown).not.toContain('hush-hush');
    }
  });

  it('may be unusable where it is not used', async () => {
    const env = { HTTPS_PROXY: 'socks5://proxy.test' };
    expect(await sendVia(env, options(server.url))).toMatchObject({ success: true });
    expect(await construct({ ...env, NO_PROXY: HOST }, remote())).toEqual({});
    expect(await construct(env, options(`http://${HOST}`))).toEqual({});
  });

  it('may be host and port', async () => {
    const env = { HTTPS_PROXY: proxy.url.replace('http://', '') };
    expect(await sendVia(env, remote())).toMatchObject({ success: true });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it.each([
    ['is asked for prompts of other machines', remote, [`${HOST}:443`]],
    ['is not asked for prompts of this machine', () => options(server.url), []],
  ])('%s', async (_what, config, tunnels) => {
    server.answer = reply(200, { content: 'Hello' });
    const { stdout } = await runProgram(
      `new infinium.InfiniumClient(${JSON.stringify({ ...config(), caCertificates: mine.ca })})
        .getPrompt('p-1', 'prompt-key').then((prompt) => console.log(prompt.content))`,
      { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url },
    );
    expect(stdout.trim()).toBe('Hello');
    expect(proxy.tunnels.map(({ target }) => target)).toEqual(tunnels);
    expect(proxy.requests).toEqual([]);
  });

  it('gets its own credentials, and the platform does not', async () => {
    const url = proxy.url.replace('//', '//user:hush-hush@');
    expect(await sendVia({ HTTPS_PROXY: url }, remote())).toMatchObject({ success: true });
    expect(proxy.tunnels[0].authorization).toBe(
      `Basic ${Buffer.from('user:hush-hush').toString('base64')}`,
    );
    expect(server.seen[0].headers).not.toHaveProperty('proxy-authorization');
    proxy.port = undefined;
    const refused = await sendVia({ HTTPS_PROXY: url }, remote());
    expect(refused.name).toBe('NetworkError');
    expect(refused.shown).not.toContain('hush-hush');
  });

  it('does not make the client follow a redirect', async () => {
    server.answer = reply(307, {}, { location: '/api/v1/elsewhere' });
    const outcome = await sendVia({ HTTPS_PROXY: proxy.url }, remote());
    expect(outcome).toMatchObject({ name: 'InfiniumError' });
    expect(outcome.shown).toContain('307');
    expect(server.seen).toHaveLength(1);
  });

  it('does not make the client read more than 10 MiB', async () => {
    const answer = (bytes: number) => reply(200, `"${'x'.repeat(bytes - 2)}"`);
    server.script.push(answer(10 * 1024 * 1024), answer(10 * 1024 * 1024 + 1));
    const env = { HTTPS_PROXY: proxy.url };
    expect(await sendVia(env, remote())).toMatchObject({ success: true });
    expect(await sendVia(env, remote())).toMatchObject({ name: 'InfiniumError' });
  });

  it('does not weaken the check of the certificate', async () => {
    const outcome = await sendVia(
      { HTTPS_PROXY: proxy.url },
      { ...remote(), caCertificates: other.ca },
    );
    expect(outcome.name).toBe('NetworkError');
    expect(proxy.tunnels).toHaveLength(1);
    expect(server.seen).toEqual([]);
  });
});

// The proxy shows where a request goes that must not get there.
it.each([[undefined], ['']])('sends to the platform if INFINIUM_BASE_URL is %p', async (value) => {
  proxy.port = undefined;
  const { baseUrl: _, ...config } = options('');
  const env = {
    HTTPS_PROXY: proxy.url,
    ...(value === undefined ? {} : { INFINIUM_BASE_URL: value }),
  };
  expect(await sendVia(env, config)).toMatchObject({ name: 'NetworkError' });
  expect(proxy.tunnels.map(({ target }) => target)).toEqual(['platform.i42m.ai:443']);
});
