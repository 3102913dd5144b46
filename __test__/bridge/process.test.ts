// The package in processes, threads and module registries.
import { Worker } from 'node:worker_threads';
import { agentId, agentSecret, options, task } from '../support/client';
import { accepted, reply, until } from '../support/http';
import { clientCode, loadCode, runProgram } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();

/** A program for a process of its own, which has a client and a task. */
const program = (code: string) => `${clientCode(server.url, { retryDelay: undefined })} ${code}`;

/** The same for a thread of its own. */
const threadProgram = (code: string) => loadCode + program(code);

it('does not keep a process alive that has nothing to send', async () => {
  for (const code of ['', 'client.sendTaskData(task).then(() => client.flush());']) {
    expect(await runProgram(program(code))).toMatchObject({ code: 0, stderr: '' });
  }
  expect(server.seen).toHaveLength(1);
});

it('keeps a process alive until everything is sent, awaited or not', async () => {
  server.answer = (response, seen, index) => {
    setTimeout(() => accepted(response, seen, index), 50);
  };
  const { code } = await runProgram(
    program(
      'client.sendTaskData(task); client.sendBatch([task, task]); client.trace("t", () => 1)();',
    ),
  );
  expect(code).toBe(0);
  expect(server.seen).toHaveLength(4);
});

it('loses none of twenty thousand sends in one go', async () => {
  const { code } = await runProgram(
    program('for (let index = 0; index < 20_000; index += 1) client.sendTaskData(task);'),
  );
  expect(code).toBe(0);
  expect(server.seen).toHaveLength(20_000);
});

it.each(['flush', 'close'])('%s comes after what was logged before it', async (method) => {
  server.answer = reply(422, { message: 'no such field' });
  const { code, stdout } = await runProgram(
    program(`
      const lines = [];
      const keep = (line) => lines.push(line);
      infinium.setupLogging(true, 'WARN', { debug: keep, info: keep, warn: keep, error: keep });
      const logging = new infinium.AsyncInfiniumClient({ ...${JSON.stringify(options(server.url))}, enableLogging: true });
      logging.enqueue(task);
      // This thread is too busy to hear of anything.
      while (logging.stats().pending > 0);
      logging.${method}().then(() => console.log(lines.join()));`),
  );
  expect([code, stdout]).toEqual([0, expect.stringContaining('no such field')]);
});

it('exits with the code of the program', async () => {
  const failed = await runProgram(
    program('client.sendTaskData(task).then(() => { throw new Error("mine"); });'),
  );
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('mine');
});

describe('a worker thread', () => {
  it('sends by itself, and ends by itself', async () => {
    const worker = new Worker(
      threadProgram('for (let index = 0; index < 20; index += 1) client.sendTaskData(task);'),
      { eval: true },
    );
    const code = await new Promise((resolve) => worker.once('exit', resolve));
    expect([code, server.seen.length]).toEqual([0, 20]);
  });

  it('may be terminated in flight, again and again', async () => {
    server.answer = () => {};
    for (let round = 1; round <= 5; round += 1) {
      const worker = new Worker(
        threadProgram(
          'for (let index = 0; index < 50; index += 1) client.sendTaskData(task).catch(() => {});',
        ),
        { eval: true },
      );
      await until(() => server.seen.length >= round * 8);
      await worker.terminate();
    }
    server.answer = accepted;
    // In a process of its own the last thread takes everything native with it.
    const code = `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(threadProgram('for (let index = 0; index < 500; index += 1) client.sendTaskData(task).catch(() => {}); require("node:worker_threads").parentPort.postMessage(1);'))}, { eval: true });
      worker.once('message', () => worker.terminate().then(() => setTimeout(() => console.log('alive'), 200)));`;
    expect(await runProgram(code)).toMatchObject({ code: 0, stdout: 'alive\n' });
  });
});

it('works again after jest.resetModules()', async () => {
  for (let round = 0; round < 3; round += 1) {
    jest.resetModules();
    const { InfiniumClient, ValidationError } = require('infinium-o2');
    const client = new InfiniumClient({ agentId, agentSecret, baseUrl: server.url });
    expect((await client.sendTaskData(task())).success).toBe(true);
    await expect(client.sendTaskData({})).rejects.toBeInstanceOf(ValidationError);
    await client.close();
  }
});

it('is not mixed with another copy when jest.resetModules() comes between its import and its use', async () => {
  jest.resetModules();
  const old = require('infinium-o2');
  jest.resetModules();
  const client = new old.AsyncInfiniumClient({ agentId, agentSecret, baseUrl: server.url });
  await expect(client.sendBatch([task(), 1, 2])).resolves.toMatchObject({
    results: [{ success: true }, { error: expect.any(old.ValidationError) }, expect.anything()],
  });
  expect(client.enqueue(task())).toBe(true);
  expect(() => client.enqueue({})).toThrow(old.ValidationError);
  const traced = client.trace('traced', () => {
    const llm = old.watch({ unknown: true });
    new old.TraceBuilder('within', 'a trace').step('one', () => llm);
    return llm;
  });
  expect(await traced()).toEqual({ unknown: true });
  await client.flush();
  expect(client.stats()).toMatchObject({ delivered: 3, pending: 0 });
  await client.close();
});
