// The option `redact`: what is replaced in every task.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationError, currentTrace, InfiniumClient } from 'infinium-o2';
import { concurrent, options, task } from '../support/client';
import { hang } from '../support/http';
import { useServer } from '../support/use';

const server = useServer();
const EMAIL = 'ada.lovelace@example.org';
const redact: any = { presets: ['email', 'urlCredentials'], keys: ['birthday'] };
const secret = (more: object = {}) =>
  task({
    description: `Wrote to ${EMAIL}`,
    outcome: 'mongodb://user:pa55word@db.example/x',
    inputSummary: JSON.stringify({ birth_day: '1815-12-10', text: EMAIL }),
    own: { BIRTHDAY: 18151210, list: [EMAIL] },
    ...more,
  });

function assertClean(text: string): void {
  for (const private_ of [EMAIL, 'pa55word', '1815']) expect(text).not.toContain(private_);
}

it('holds for every way to send, and keeps the rest', async () => {
  const client = concurrent(server.url, { redact });
  await client.sendTask({ ...secret(), currentDatetime: undefined } as never);
  await client.sendTaskData(secret());
  await client.sendBatch([secret()]);
  await client.sendBatchSequential([secret()]);
  client.enqueue(secret());
  client.trace('Trace', (input: object) => {
    currentTrace()?.setOutcome(EMAIL);
    return input;
  })({ email: EMAIL, birthday: '1815-12-10' });
  await client.flush();
  expect(server.seen).toHaveLength(6);
  for (const { text } of server.seen) assertClean(text);
  expect(server.bodies[1]).toMatchObject({
    name: 'Name',
    description: 'Wrote to [redacted]',
    outcome: expect.stringMatching(/^mongodb:\/\/.*db\.example\/x$/),
    own: { BIRTHDAY: '[redacted]', list: ['[redacted]'] },
  });
});

it('holds for what is on disk', async () => {
  const spoolDir = mkdtempSync(path.join(tmpdir(), 'redact-'));
  server.answer = hang;
  const client = concurrent(server.url, { redact, spoolDir });
  client.enqueue(secret());
  const files = readdirSync(spoolDir, { recursive: true }).map((file) =>
    path.join(spoolDir, `${file}`),
  );
  const texts = files
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'));
  expect(texts.join('')).toContain('[redacted]');
  assertClean(texts.join(''));
  await client.close({ timeout: 0 });
  rmSync(spoolDir, { recursive: true });
});

it('changes nothing by default', async () => {
  await concurrent(server.url).sendTaskData(secret());
  expect(server.seen[0]?.text).toContain(EMAIL);
});

it.each<[string, unknown, string]>([
  ['no object', 'email', 'redact must be an object'],
  ['an unknown preset', { presets: ['mail'] }, "redact.presets[0] must be one of 'email'"],
  ['presets that are no list', { presets: 'email' }, 'presets must be an array of strings'],
  ['keys that are no texts', { keys: [1] }, 'keys must be an array of strings'],
  ['a blank replacement', { presets: ['ip'], replacement: ' ' }, 'redact.replacement must have'],
  ['a replacement that is no text', { replacement: 1 }, 'replacement must be a string'],
])('refuses %s', (_what, value, message) => {
  const make = () => new InfiniumClient(options(server.url, { redact: value as never }));
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(expect.objectContaining({ configKey: 'redact' }));
  expect(make).toThrow(message);
});
