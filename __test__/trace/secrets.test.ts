// What summaries and errors hide, whatever it is part of, and what they leave.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { format, inspect } from 'node:util';

const { toErrorDetail } = require('../../lib/trace/error-detail');
const { isSecretName, mayCount } = require('../../lib/trace/secret-names');
const { summarize } = require('../../lib/trace/summarize');

const SECRET = 'PLANTED7c9e';
const BASIC = Buffer.from(`u:${SECRET}`).toString('base64');

function assertHidden(text: string): void {
  for (const secret of [SECRET, BASIC.slice(3, 14)]) expect(text).not.toContain(secret);
}

const names = JSON.parse(
  readFileSync(path.join(__dirname, '../../fixtures/secret-names.json'), 'utf8'),
);

it('knows the names that the native code knows', () => {
  for (const name of names.secret) expect([name, isSecretName(name)]).toEqual([name, true]);
  for (const name of names.secretOrCount) expect([name, mayCount(name)]).toEqual([name, true]);
  for (const name of names.harmless) expect([name, isSecretName(name)]).toEqual([name, false]);
});

const config = () => ({
  url: `https://u:${SECRET}@host/?access_token=${SECRET}`,
  headers: { Authorization: `Bearer ${SECRET}`, 'X-Api-Key': SECRET, Cookie: `sid=${SECRET}` },
  auth: { username: 'u', password: SECRET },
  data: JSON.stringify({ password: SECRET }),
});

describe('texts', () => {
  it.each([
    [`X-Api-Key: ${SECRET}`],
    [`GET / HTTP/1.1\r\nX-RapidAPI-Key: ${SECRET}\r\nCookie: sid=${SECRET}\r\n\r\n`],
    [`postgres://u:p@${SECRET}:w/rd@host/db`],
    [`postgres://u:[${SECRET}]@host/db`],
    [`https://h/?next=${encodeURIComponent(`https://x/?access_token=${SECRET}&b=1`)}`],
    [`https://h/?u=${encodeURIComponent(`https://a:${SECRET}@x/`)}`],
    [`https://h/?user[password]=${SECRET}&reset_token=${SECRET}`],
    [`authorization=Bearer%20${SECRET}`],
    [`access_token=${SECRET}`],
    [`export DB_PASSWORD="${SECRET}"`],
    [`password: ${SECRET}`],
    [`aws_secret_access_key = ${SECRET}`],
    [`//registry.example/:_authToken=${SECRET}`],
    [`curl -u user:${SECRET} https://h/`],
    [`gh auth --token ${SECRET}`],
    [`mutation { login(user: "u", password: "${SECRET}") { id } }`],
    [`<wsse:Password Type="x">${SECRET}</wsse:Password>`],
    [`https://hooks.slack.com/services/T00000000/B00000000/${SECRET}`],
    [JSON.stringify(config(), null, 2)],
    [JSON.stringify(JSON.stringify(JSON.stringify(config())))],
    [inspect(config(), { depth: 9 })],
    [inspect(config(), { compact: false })],
    [format('%j %O %o', config(), config(), config())],
  ])('hides the secrets of %s', (text) => {
    assertHidden(summarize(text, 3000));
    assertHidden(summarize({ body: JSON.stringify({ text }) }, 3000));
    const error = toErrorDetail(new Error('outer', { cause: new Error(text) }));
    assertHidden(JSON.stringify(error));
  });

  it.each([
    ['The limit is 4096 tokens; max_tokens: 5, prompt_tokens=1200000, tokens: 12345678'],
    ['author: john1234, passage: abcd1234, keyboard: qwerty12, secretary: smith123'],
    ['password: required. Invalid API key provided. Incorrect password for user ada'],
    ['max_tokens=4096&temperature=0.7&page_token=abc12345'],
    ['const password = await prompt("Password:"); apiKey: process.env.OPENAI_API_KEY'],
    ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8 at 2026-11-23T09:30:00.000Z'],
    ['3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e call_abc123DEF456ghi789jkl chatcmpl-9Zf1abcDEF234'],
    ['{"max_tokens":4096,"required":["password","token"],"type":"string"}'],
    ["fetch(url, { credentials: 'include' }); git@github.com:owner/repo.git"],
  ])('leaves %s', (text) => {
    expect(summarize(text, 3000)).toBe(text);
  });
});

class HttpError extends Error {
  config = config();
  request = { _header: `GET /?token=${SECRET} HTTP/1.1\r\nAuthorization: Basic ${BASIC}\r\n` };
  response = { headers: { 'set-cookie': [`sid=${SECRET}`] }, data: { api_key: SECRET } };
  toJSON() {
    return { message: this.message, config: this.config };
  }
}

describe('values', () => {
  it.each<[string, unknown]>([
    ['an error with its request', new HttpError('no')],
    ['the members of such an error', { ...new HttpError('no') }],
    ['an inspected error', inspect(new HttpError('no'), { depth: 9 })],
    ['options of a request', { auth: `u:${SECRET}`, hostname: 'h' }],
    ['an agent', new http.Agent({ auth: `u:${SECRET}` } as object)],
    ['maps in maps', new Map([['a', new Map([['password', SECRET]])]])],
    ['a set', new Set([config()])],
    ['header pairs', Object.entries(config().headers)],
    ['raw headers', { rawHeaders: ['Authorization', `Basic ${BASIC}`, 'X-Api-Key', SECRET] }],
    ['pairs in capitals', [{ Name: 'DB_PASSWORD', Value: SECRET }]],
    ['fields of a form', [{ id: 'password', value: SECRET }]],
    ['toJSON that returns another', { toJSON: () => ({ toJSON: () => ({ password: SECRET }) }) }],
    ['a getter', { get password() { return SECRET; } }], // biome-ignore format: one line
    ['a symbol', { a: Symbol(`Bearer ${SECRET}`) }],
    ['a key', { [`Bearer ${SECRET}`]: 1 }],
    ['a proxy', new Proxy({ password: SECRET }, {})],
    ['a boxed text', { password: new String(SECRET) }],
    ['texts named like counts', { tokens: [SECRET], max_tokens: SECRET }],
    ['more names', { 'X-Auth-Key': SECRET, db_pass: SECRET, creds: SECRET, JSESSIONID: SECRET }],
  ])('hides the secrets of %s', (_what, value) => {
    assertHidden(summarize(value, 3000));
    if (!Array.isArray(value)) assertHidden(JSON.stringify(toErrorDetail(value)));
  });

  it('shows the size of bytes that JSON has written as numbers', () => {
    expect(summarize({ body: Buffer.from(SECRET).toJSON() }, 100)).toBe(
      '{"body":"[Buffer: 11 bytes]"}',
    );
  });

  it.each([
    [{ max_tokens: 5, maxTokens: '4096', usage: { tokens: { prompt: 5 } } }],
    [{ tokenizer: 'cl100k', author: 'Ada', passage: 'x', keyboard: 'qwerty', secretary: 'Ada' }],
    [{ nextPageToken: 'abc', eos_token: '</s>', session_id: 'abc', publicKey: 'x', sortKey: 'y' }],
    [{ hasPassword: true, password: null, required: ['password'] }],
  ])('leaves %j', (value) => {
    expect(summarize(value, 3000)).toBe(JSON.stringify(value));
  });
});

it('hides secrets in names and codes of errors', () => {
  const error = Object.assign(new Error('no'), {
    name: `Bearer ${SECRET}`,
    code: `https://u:${SECRET}@host/`,
  });
  assertHidden(JSON.stringify(toErrorDetail(error)));
  const detail = { errorType: `Bearer ${SECRET}`, errorCode: `token=${SECRET}`, message: 'no' };
  assertHidden(JSON.stringify(toErrorDetail(detail)));
});

it('hides what is left of a secret where a summary ends', () => {
  for (const secret of [`Bearer ${SECRET}`, `sk-ant-api03-${SECRET}`, `redis://u:${SECRET}@h`]) {
    for (let length = 60; length < 110; length += 1) {
      const text = `${'x'.repeat(length)} ${secret} ${secret}`;
      expect(summarize(text, 100)).not.toContain('PLANTED');
    }
  }
});
