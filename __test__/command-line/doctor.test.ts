// `infinium-o2 doctor`.
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { agentId, agentSecret } from '../support/client';
import { environmentOf, runCommand } from '../support/command';
import { type Answer, hang, reply, reset, startServer } from '../support/http';
import { createIdentity } from '../support/tls';
import { useDirectory, useProxy, useServer } from '../support/use';

const identity = createIdentity(['127.0.0.1', 'platform.example']);
const server = useServer();
const secure = useServer(identity);
const proxy = useProxy();
const directory = useDirectory();

const unknown = reply(404, { message: 'unknown trace', success: false });
beforeEach(() => {
  server.answer = unknown;
  secure.answer = unknown;
});

interface Check {
  id: string;
  status: string;
  message: string;
  fix?: string;
}

/** Runs it in this environment. */
async function examine(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, stdout, stderr } = await runCommand(['doctor', '--json', ...args], { env });
  expect(stderr).toBe('');
  const { ok, version, checks }: { ok: boolean; version: string; checks: Check[] } =
    JSON.parse(stdout);
  expect(code).toBe(ok ? 0 : 1);
  expect(stdout).not.toContain(agentSecret);
  const find = (id: string) => checks.find((check) => check.id === id) as Check;
  const statuses = Object.fromEntries(checks.map(({ id, status }) => [id, status]));
  // Whatever is wrong has an advice.
  for (const { status, fix } of checks) {
    expect(fix !== undefined).toBe(status === 'warning' || status === 'failed');
  }
  return { ok, version, checks, find, statuses };
}

const on = (url: string, more: NodeJS.ProcessEnv = {}) => ({
  ...environmentOf(server),
  INFINIUM_BASE_URL: url,
  ...more,
});

/** The environment for the secure server, whose authority is known. */
function trusting(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const file = path.join(directory.path, 'ca.pem');
  writeFileSync(file, identity.ca);
  return on(secure.url, { NODE_EXTRA_CA_CERTS: file, ...more });
}

const native = process.env.INFINIUM_BACKEND === 'wasm' ? it.skip : it;

describe('doctor', () => {
  native('finds nothing wrong where nothing is, and stores nothing', async () => {
    const { ok, statuses, find } = await examine(environmentOf(server));
    expect([ok, new Set(Object.values(statuses))]).toEqual([true, new Set(['ok'])]);
    expect(Object.keys(statuses)).toEqual(
      ['addon', 'agentId', 'agentSecret', 'baseUrl', 'proxy', 'dns', 'connection', 'clock'].concat(
        'credentials',
      ),
    );
    expect(find('agentId').message).toBe(`INFINIUM_AGENT_ID is set (…${agentId.slice(-4)})`);
    expect(find('agentSecret').message).toBe('INFINIUM_AGENT_SECRET is set');
    const seen = server.seen.map(({ method, headers }) => [method, 'x-agent-key' in headers]);
    expect(seen.sort()).toEqual([
      ['GET', true],
      ['HEAD', false],
    ]);
  });

  native('prints one line for each check, and what to do about it', async () => {
    const env = { ...environmentOf(server), INFINIUM_AGENT_SECRET: '' };
    const { code, stdout } = await runCommand(['doctor'], { env });
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^infinium-o2 \d+\.\d+\.\d+$/);
    expect(lines.slice(2, 6).map((line) => line.slice(0, 16).trim())).toEqual([
      '✓ addon',
      '✓ agent id',
      '✕ agent secret',
      '',
    ]);
    expect(lines[5].trim()).toMatch(/^Set it to the secret of the agent/);
    expect(stdout).toMatch(/\n– credentials +not checked: /);
    expect(stdout).toMatch(/\n1 problem: fix the first/);
    expect(stdout).not.toContain('\x1b');
  });

  it.each([
    [{ INFINIUM_AGENT_ID: '' }, 'agentId', 'INFINIUM_AGENT_ID is not set'],
    [{ INFINIUM_AGENT_ID: 'x' }, 'agentId', 'agentId '],
    [{ INFINIUM_AGENT_SECRET: ' golden-secret-0123456789' }, 'agentSecret', 'agentSecret '],
    [{ INFINIUM_BASE_URL: 'platform.example' }, 'baseUrl', 'baseUrl '],
    [{ INFINIUM_BASE_URL: 'https://me:golden-secret-0123456789@h' }, 'baseUrl', 'baseUrl '],
    [{ INFINIUM_ENABLED: 'no' }, 'enabled', 'INFINIUM_ENABLED is no'],
    [{ INFINIUM_BASE_URL: 'https://h/?key=golden-secret-0123456789' }, 'baseUrl', 'baseUrl '],
  ])('finds a wrong configuration: %j', async (env, id, message) => {
    const { ok, find, statuses } = await examine({ ...environmentOf(server), ...env });
    if (id === 'baseUrl') expect(statuses.dns).toBe('skipped');
    expect(find(id).message).toContain(message);
    expect([ok, find(id).status]).toEqual(id === 'enabled' ? [true, 'warning'] : [false, 'failed']);
  });

  it.each<[string, Answer, string, string]>([
    ['401', reply(401, { message: 'no' }), 'failed', 'refused'],
    ['403', reply(403, { message: 'no' }), 'failed', 'refused'],
    ['429', reply(429, {}), 'warning', 'limits the rate'],
    ['500', reply(500, { message: 'down' }), 'failed', 'down'],
    ['a page', reply(404, '<html>'), 'failed', 'not that of a platform'],
    ['a page of a proxy', reply(200, '<html>log in</html>'), 'failed', ''],
    ['302', reply(302, {}, { location: '/' }), 'failed', '302'],
    ['a trace', reply(200, { interpretedTraceResult: {} }), 'ok', 'accepted'],
  ])('judges the credentials by the answer: %s', async (_, answer, status, message) => {
    server.answer = answer;
    const { find, ok } = await examine(environmentOf(server));
    expect(find('credentials')).toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
    expect([ok, find('connection').status]).toEqual([status !== 'failed', 'ok']);
  });

  it('finds a platform that does not answer', async () => {
    const { url, stop } = await startServer();
    await stop();
    const { find, statuses } = await examine(on(url));
    expect(statuses).toMatchObject({ connection: 'failed', credentials: 'skipped' });
    expect(find('connection').message).toContain('ECONNREFUSED');
    server.answer = reset;
    expect((await examine(environmentOf(server))).statuses).toMatchObject({ connection: 'failed' });
  });

  it('finds a host that does not exist', async () => {
    const { find, statuses } = await examine(on('https://platform.invalid/api/v1'));
    expect(find('dns').message).toMatch(/^platform\.invalid is not found: E/);
    expect(statuses).toMatchObject({ tls: 'skipped', credentials: 'skipped' });
  });

  it('warns of plain http to another machine', async () => {
    const { find } = await examine(on('http://platform.invalid'));
    expect(find('baseUrl')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('without encryption'),
    });
  });

  it.each([
    [-20_000, 'ok', 'agrees'],
    [40_000, 'warning', '40 s behind'],
    [-90_000, 'warning', '90 s ahead of'],
    [-7_200_000, 'failed', '2.0 h ahead of'],
    [Number.NaN, 'skipped', 'does not tell the time'],
  ])('compares the clocks: %i ms', async (off, status, message) => {
    server.answer = (response, seen, index) => {
      if (Number.isNaN(off)) response.sendDate = false;
      else response.setHeader('date', new Date(Date.now() + off).toUTCString());
      unknown(response, seen, index);
    };
    const { find } = await examine(environmentOf(server));
    expect(find('clock')).toMatchObject({ status, message: expect.stringContaining(message) });
  });
});

describe('doctor and TLS', () => {
  native('names the protocol and the certificate', async () => {
    const { find, ok } = await examine(trusting());
    const until = new Date(new X509Certificate(identity.cert).validTo).toISOString().slice(0, 10);
    expect(find('tls').message).toMatch(new RegExp(`^TLSv1\\.3, .*, valid until ${until}$`));
    // Certificates of tests live for a short time.
    expect([ok, find('credentials').status]).toEqual([true, 'ok']);
  });

  it('explains a certificate that is not trusted, and sends it no credentials', async () => {
    const { find, statuses } = await examine(on(secure.url));
    expect(find('tls')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^the certificate is refused \([A-Z_]+\): /),
      fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(statuses.credentials).toBe('skipped');
    expect(secure.seen.every(({ headers }) => !('x-agent-key' in headers))).toBe(true);
  });

  it('explains a certificate of another host', async () => {
    const url = secure.url.replace('127.0.0.1', 'localhost');
    const { find } = await examine(trusting({ INFINIUM_BASE_URL: url }));
    expect(find('tls').fix).toMatch(/^Use a host that the certificate is for/);
    expect(find('tls').message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('doctor and proxies', () => {
  const base = 'https://platform.example/api/v1';
  const url = (password = '') => proxy.url.replace('//', password ? `//me:${password}@` : '//');
  beforeEach(() => {
    proxy.port = Number(new URL(secure.url).port);
  });

  native('goes the way that clients go', async () => {
    const env = trusting({ INFINIUM_BASE_URL: base, HTTPS_PROXY: url('hidden-word') });
    const { find, checks, ok } = await examine(env);
    expect([ok, find('proxy').message]).toEqual([true, `${new URL(proxy.url).host} (HTTPS_PROXY)`]);
    expect(JSON.stringify(checks)).not.toContain('hidden-word');
    const targets = new Set(proxy.tunnels.map(({ target }) => target));
    expect([proxy.tunnels.length, targets]).toEqual([2, new Set(['platform.example:443'])]);
    expect(new Set(proxy.tunnels.map(({ authorization }) => authorization)).size).toBe(1);
  });

  native('says when a proxy is not used', async () => {
    const local = await examine({ ...environmentOf(server), HTTPS_PROXY: url() });
    expect(local.find('proxy').message).toContain('proxies are for https');
    const excepted = { HTTPS_PROXY: url(), NO_PROXY: '*.invalid' };
    const invalid = await examine(on('https://platform.invalid', excepted));
    expect(invalid.find('proxy').message).toContain('NO_PROXY has this host');
    expect(proxy.tunnels).toEqual([]);
  });

  native('finds a proxy that cannot be used', async () => {
    const socks = await examine(on(base, { ALL_PROXY: 'socks5://me:hidden-word@h' }));
    expect(socks.find('proxy')).toMatchObject({ status: 'failed' });
    expect(JSON.stringify(socks.checks)).not.toContain('hidden-word');
    proxy.port = undefined;
    const refusing = await examine(on(base, { HTTPS_PROXY: url() }));
    expect(refusing.find('tls')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('502'),
    });
  });

  it('says that there are none without the addon', async () => {
    const { find } = await examine(on(base, { HTTPS_PROXY: url(), INFINIUM_BACKEND: 'wasm' }));
    expect(find('proxy')).toMatchObject({ status: 'warning' });
    expect(find('addon')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('INFINIUM_BACKEND is wasm'),
    });
  });
});

it('explains why there is no addon', async () => {
  const absent = { INFINIUM_ADDON_PATH: path.join(directory.path, 'absent.node') };
  const { find, ok } = await examine({ ...environmentOf(server), ...absent });
  expect([ok, find('addon').status]).toEqual([true, 'warning']);
  expect(find('addon').message).toContain('cannot be loaded');
  const required = { ...absent, INFINIUM_REQUIRE_NATIVE: '1' };
  const other = await examine({ ...environmentOf(server), ...required });
  expect(other.find('addon').message).toContain('absent.node');
  expect(other.statuses).toMatchObject({ addon: 'failed', credentials: 'skipped' });
});

it('ends although the platform never answers', async () => {
  server.answer = hang;
  const { statuses } = await examine(environmentOf(server), '--timeout', '0.3');
  expect(statuses).toMatchObject({
    connection: 'failed',
    clock: 'skipped',
    credentials: 'skipped',
  });
});
