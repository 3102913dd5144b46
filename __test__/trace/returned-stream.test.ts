// Traces that last until the stream ends that the function returns.
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { TaskData } from 'infinium-o2';
import { concurrent } from '../support/client';
import { useServer } from '../support/use';

const server = useServer();

function recorded<T>(fn: () => T): { run: () => T; tasks: TaskData[] } {
  const tasks: TaskData[] = [];
  const onTrace = (task: TaskData) => void tasks.push(task);
  const options = { onTrace, autoSend: false, untilStreamEnds: true };
  return { run: concurrent(server.url).trace('T', options, fn), tasks };
}

const bytes = (value: string) => new TextEncoder().encode(value);

function webStream(...pieces: string[]): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(bytes(piece));
    },
  });
}

it('follows a ReadableStream', async () => {
  const { run, tasks } = recorded(async () => webStream('a', 'b'));
  const stream = await run();
  expect(tasks).toEqual([]);
  expect(await new Response(stream).text()).toBe('ab');
  expect(tasks).toMatchObject([{ outputSummary: '["a","b"]' }]);
});

it('ends when the reader cancels, and fails when the stream fails', async () => {
  const cancelled: unknown[] = [];
  const { run, tasks } = recorded(
    () => new ReadableStream({ cancel: (reason) => void cancelled.push(reason) }),
  );
  await run().cancel('enough');
  expect(cancelled).toEqual(['enough']);
  expect(tasks).toHaveLength(1);
  const failing = recorded(
    () => new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) }),
  );
  await expect(failing.run().getReader().read()).rejects.toThrow('cut');
  expect(failing.tasks).toMatchObject([{ errors: [{ message: 'cut' }] }]);
});

it('follows the body of a Response', async () => {
  const { run, tasks } = recorded(() => fetch(server.url, { method: 'POST', body: '{}' }));
  const response = await run();
  expect(tasks).toEqual([]);
  expect([response.status, response.url]).toEqual([200, server.url]);
  const body = await response.text();
  expect(tasks[0].outputSummary).toContain(JSON.stringify(body).slice(1, 20));
});

it('follows a Readable, which stays the same object', async () => {
  let made: Readable | undefined;
  const { run, tasks } = recorded(() => {
    made = Readable.from(['a', 'b']);
    return made;
  });
  const stream = run();
  expect(stream).toBe(made);
  expect(await text(stream)).toBe('ab');
  expect(tasks).toMatchObject([{ outputSummary: '["a","b"]' }]);
  const failing = recorded(() => new Readable({ read() {} }));
  const broken = failing.run();
  broken.on('error', () => {});
  broken.destroy(new Error('cut'));
  await wait(0);
  expect(failing.tasks).toMatchObject([{ errors: [{ message: 'cut' }] }]);
});

it('follows anything with asynchronous values', async () => {
  const source = {
    async *[Symbol.asyncIterator]() {
      yield 1;
      yield 2;
    },
  };
  const { run, tasks } = recorded(() => source);
  const returned = run();
  expect(returned).toBe(source);
  for await (const _value of returned) {
    // Reads all.
  }
  expect(tasks).toMatchObject([{ outputSummary: '[1,2]' }]);
});

it('ends at once with any other value', () => {
  const { run, tasks } = recorded(() => 7);
  expect(run()).toBe(7);
  expect(tasks).toMatchObject([{ outputSummary: '7' }]);
});
