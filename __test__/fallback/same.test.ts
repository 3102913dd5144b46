// Without the addon, the same bodies are sent, and the same errors are thrown.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load, visible } from '../support/backends';
import { failure, options, task, tasks } from '../support/client';
import { type Answer, cut, reply, reset } from '../support/http';
import { useServer } from '../support/use';

const fixture = path.resolve(__dirname, '../../fixtures/vectors.json');
const vectors: { id: string; task: any }[] = JSON.parse(readFileSync(fixture, 'utf8'));
const native = load('native');
const wasm = load('wasm');

const server = useServer();
const open: { close(options?: object): Promise<unknown> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((client) => client.close({ timeout: 0 }))));

function client(from: typeof native, config = {}) {
  const made = new from.AsyncInfiniumClient({ ...options(server.url), quiet: true, ...config });
  open.push(made);
  return made;
}

it('is what runs the clients', () => {
  expect([client(native).runtime, client(wasm).runtime]).toEqual(['native', 'wasm']);
});

it('has the same enums', () => {
  const root = path.resolve(__dirname, '../..');
  const file = readdirSync(root).find((name) => name.endsWith('.node')) as string;
  const addon = require(path.join(root, file));
  const enums = require('../../lib/fallback/enums');
  for (const name of ['Abortable', 'DroppedFor', 'EventKind', 'LogLevel']) {
    expect([name, { ...enums[name] }]).toEqual([name, { ...addon[name] }]);
  }
});

const step = { stepNumber: 1, action: 'a', description: 'd' };

const bodies: [string, any][] = [
  ...vectors.map(({ id, task: given }): [string, any] => [id, given]),
  ['unknown fields', task({ zOther: { aB: [null, 1.5, 'x'] }, HTTPStatus: 1 })],
  ['exact numbers', task({ big: 9007199254740991, small: 5e-324, zero: -0, steps: [step] })],
  ['halves of surrogate pairs', task({ description: 'a\ud800b', own: ['\udc00', '😀'] })],
  ['long texts', task({ outcome: 'é漢😀'.repeat(40_000) })],
];

it.each(bodies)('sends the same bytes: %s', async (_, given) => {
  for (const from of [native, wasm]) await client(from).sendTaskData(given);
  const [one, other] = server.seen;
  expect(other?.text).toBe(one?.text);
  const names = (seen: typeof one) =>
    Object.keys(seen?.headers ?? {})
      .filter((name) => name !== 'connection')
      .sort();
  expect(names(other)).toEqual(names(one));
});

it.each([
  [{ name: undefined }],
  [{ name: ' \n' }],
  [{ name: 'x'.repeat(501) }],
  [{ name: 5 }],
  [{ description: '' }],
  [{ currentDatetime: '2026-11-23' }],
  [{ currentDatetime: 'a\ud800' }],
  [{ duration: -0.1 }],
  [{ duration: '2' }],
  [{ steps: [step, null] }],
  [{ steps: [{ ...step, llmCall: {} }] }],
  [{ a_b: 1, aB: 2 }],
  [{ sections: {}, sales: { dealValue: 1 } }],
  [{ outcome: 'x'.repeat(1_048_576) }],
  [{ own: 1n }],
])('refuses a task with the same error: %#', async (fields) => {
  const errors = [];
  for (const from of [native, wasm]) {
    const one = client(from);
    errors.push([
      visible(await failure(one.sendTaskData(task(fields as any)))),
      visible(await failure((async () => one.enqueue(task(fields as any)))())),
      visible((await one.sendBatch([task(fields as any), task()])).results[0]?.error),
    ]);
  }
  expect(errors[1]).toEqual(errors[0]);
  expect(server.seen).toHaveLength(2);
});

it('refuses a task that is too long to be copied with the same error', async () => {
  const long = task({ outcome: 'x'.repeat(33 * 1024 * 1024) });
  const [one, other] = await Promise.all(
    [native, wasm].map((from) => failure(client(from).sendTaskData(long))),
  );
  expect(visible(other)).toEqual(visible(one));
});

const secret = 'golden-secret-0123456789';

it.each<[string, Answer]>([
  ['400 with a field', reply(400, { message: 'no', field: 'name' })],
  ['401', reply(401, { error: { message: `not ${secret}` } })],
  ['404', reply(404, { detail: 'where?' })],
  ['413', reply(413)],
  ['422 of a proxy', reply(422, '<html>')],
  ['429', reply(429, { message: 'slow down' }, { 'retry-after': '7' })],
  ['429 with a date', reply(429, {}, { 'retry-after': 'Mon, 23 Nov 2026 09:31:30 GMT' })],
  ['500', reply(500, { message: 'down\nERROR' })],
  ['503 with a long wait', reply(503, {}, { 'retry-after': '9999' })],
  ['302', reply(302, {}, { location: 'http://127.0.0.1/' })],
  ['a page', reply(200, '<html>log in</html>')],
  ['a refusal in a success', reply(200, { success: false, message: 'no' })],
  ['no text', (response) => response.end(Buffer.from([0xff, 0xfe]))],
  ['a mark before JSON', (response) => response.end('\ufeff{"message":"ok"}')],
  ['nothing', (response) => response.writeHead(204).end()],
  ['too much', (response) => response.end(`"${'x'.repeat(10 * 1024 * 1024)}"`)],
  ['half of an answer', cut],
  ['a connection that is reset', reset],
])('says the same of an answer: %s', async (_, answer) => {
  server.answer = answer;
  const said = [];
  for (const from of [native, wasm]) {
    const one = client(from, { maxRetries: 1, maxRetryAfter: 50, adaptiveRateLimit: false });
    const prompt = one.getPrompt('p1', 'key-0123', 2, { a: 1 });
    said.push([
      await one.sendTaskData(task()).catch(visible),
      await one.getInterpretedTaskResult('t-1').catch(visible),
      await prompt.catch(visible),
      await one.sendBatch(tasks(2)).catch(visible),
      { ...one.stats(), oldestAgeMs: 0 },
    ]);
  }
  expect(said[1]).toEqual(said[0]);
});

it('renders the same prompt', async () => {
  const data = { content: 'Hi {{name}}, {{ two }} {{{a}}} \ud800', name: 'n', created_at: 'now' };
  server.answer = reply(200, { data });
  const variables = { name: '{{a}}', a: '$&', __proto__: 'x' };
  const prompts = [native, wasm].map((from) => client(from).getPrompt('p', 'k', 7, variables));
  const [one, other] = await Promise.all(prompts);
  expect(other).toEqual(one);
});

it.each([
  [{ agentId: ' ab ' }],
  [{ agentId: 'agént' }],
  [{ agentSecret: 'with\nbreak' }],
  [{ baseUrl: 'example.com' }],
  [{ baseUrl: 'ftp://a.b' }],
  [{ baseUrl: 'http://u:p@a.b' }],
  [{ baseUrl: 'http://a.b/?q' }],
  [{ baseUrl: 'http://é.b/?q' }],
  [{ baseUrl: 'http://' }],
  [{ timeout: -1 }],
  [{ maxRetries: 1.5 }],
  [{ requestsPerSecond: 0 }],
  [{ queuePolicy: 'DropOldest' }],
  [{ spoolDir: '' }],
  [{ caCertificates: 'nonsense' }],
])('refuses the same options: %j', (config) => {
  const errors = [native, wasm].map((from) => {
    try {
      return client(from, config);
    } catch (error) {
      return visible(error);
    }
  });
  expect(errors[1]).toEqual(errors[0]);
  expect(errors[1]).toMatchObject({ name: 'ConfigurationError' });
});
