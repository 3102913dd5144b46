// What the channel `infinium:delivery` publishes.
import diagnostics from 'node:diagnostics_channel';
import { concurrent, failure, sequential, task, tasks } from '../support/client';
import { accepted, reply, until } from '../support/http';
import { useServer } from '../support/use';

const server = useServer();
const seen: any[] = [];
const subscriber = (message: unknown) => void seen.push(message);

beforeEach(() => {
  seen.length = 0;
});
afterEach(() => {
  diagnostics.unsubscribe('infinium:delivery', subscriber);
});

it('publishes each settled task while there is a subscriber, and nothing else', async () => {
  const client = concurrent(server.url, { quiet: true });
  await client.sendTaskData(task());
  diagnostics.subscribe('infinium:delivery', subscriber);
  server.script.push(reply(500));
  await client.sendTaskData(task());
  await until(() => seen.length === 1);
  const [delivered] = seen;
  expect(delivered).toMatchObject({
    outcome: 'delivered',
    statusCode: 200,
    attempts: 2,
    traceId: 't-1',
  });
  expect(delivered.bytes).toBe(Buffer.byteLength(server.seen[1].text));
  expect(delivered.durationMs).toBeGreaterThan(0);
  await client.sendBatch(tasks(3));
  client.enqueue(task());
  await client.flush();
  await until(() => seen.length === 5);
  server.answer = reply(422, { message: 'no' });
  await failure(client.sendTaskData(task()));
  await until(() => seen.length === 6);
  expect(seen[5]).toMatchObject({ outcome: 'failed', statusCode: 422, attempts: 1 });
  expect(seen[5].error).toContain('refused');
  diagnostics.unsubscribe('infinium:delivery', subscriber);
  server.answer = accepted;
  await client.sendTaskData(task());
  await client.flush();
  expect(seen).toHaveLength(6);
});

it('says why a task was dropped', async () => {
  diagnostics.subscribe('infinium:delivery', subscriber);
  server.answer = () => {};
  const client = sequential(server.url, { maxQueueBytes: 0, quiet: true });
  expect(client.enqueue(task())).toBe(false);
  await until(() => seen.length === 1);
  expect(seen[0]).toMatchObject({ outcome: 'dropped', attempts: 0, error: 'queueFull' });
  await client.close({ timeout: 0 });
});
