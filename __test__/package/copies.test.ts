// Several copies of the package in one process, as bundles, monorepos and test runners make them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as Package from 'infinium-o2';
import { ask, model, useProvider } from '../support/watching';

const use = useProvider();

function load(): typeof Package {
  jest.resetModules();
  return require('infinium-o2');
}
const [first, second] = [load(), load()];

const client = () => {
  const { OpenAI } = require('openai');
  return new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1`, maxRetries: 0 });
};

/** Runs a function as a trace of one copy, and returns how many calls it has. */
async function callsIn({ InfiniumClient }: typeof Package, fn: () => unknown): Promise<number> {
  const infinium = new InfiniumClient({ agentId: 'agent-1', agentSecret: 'secret-0123' });
  const tasks: Package.TaskData[] = [];
  const onTrace = (task: Package.TaskData) => tasks.push(task);
  await infinium.trace('Test', { autoSend: false, onTrace }, async () => fn())();
  await infinium.close();
  return tasks[0].steps!.length - 1;
}

it('has two copies', () => {
  expect(first.watch).not.toBe(second.watch);
});

it('records what one copy watches in the traces of the other', async () => {
  const watched: any = first.watch(client());
  const ask1 = () => watched.chat.completions.create({ model, messages: ask });
  expect(await callsIn(first, ask1)).toBe(1);
  expect(await callsIn(second, ask1)).toBe(1);
});

it('records a client once that both copies watch, frozen or not', async () => {
  const frozen = client();
  Object.freeze(frozen.chat.completions);
  for (const each of [client(), frozen]) {
    const watched: any = second.watch(first.watch(each));
    const ask1 = () => watched.chat.completions.create({ model, messages: ask });
    expect(await callsIn(first, ask1)).toBe(1);
  }
});

it('has one trace inside another of another copy', async () => {
  const watched: any = first.watch(client());
  const ask1 = () => watched.chat.completions.create({ model, messages: ask });
  let inner = 0;
  const outer = await callsIn(first, async () => {
    await ask1();
    inner = await callsIn(second, async () => {
      await ask1();
      await ask1();
    });
  });
  expect([outer, inner]).toEqual([1, 2]);
});

it('has whole steps of the tools of one copy in the traces of another', async () => {
  const infinium = new first.InfiniumClient({ agentId: 'agent-1', agentSecret: 'secret-0123' });
  const tasks: Package.TaskData[] = [];
  const onTrace = (task: Package.TaskData) => tasks.push(task);
  const inner = second.traceTool('inner', () => {
    throw new Error('no');
  });
  const outer = second.traceStep('outer', () => expect(inner).toThrow('no'));
  infinium.trace('Test', { autoSend: false, onTrace }, outer)();
  await infinium.close();
  expect(tasks[0].steps?.slice(1)).toMatchObject([
    { stepNumber: 2, action: 'outer', durationMs: expect.any(Number) },
    { toolCall: { toolName: 'inner', error: { message: 'no' } }, metadata: { parent_step: 2 } },
  ]);
});

describe('errors', () => {
  const names = Object.keys(first).filter((name) => /Error$/.test(name)) as 'InfiniumError'[];

  it.each(names)('is an instance of %s of both copies', (name) => {
    const error = new first[name]('no luck');
    expect(error).toBeInstanceOf(first[name]);
    expect(error).toBeInstanceOf(second[name]);
    expect(error).toBeInstanceOf(second.InfiniumError);
    const others = names.filter((other) => error instanceof second[other]);
    expect(others).toEqual(names.filter((other) => error instanceof first[other]));
  });

  it('knows the class of a class', () => {
    const error = new first.TimeoutError('late');
    expect(error).toBeInstanceOf(second.NetworkError);
    expect(error).not.toBeInstanceOf(second.ServerError);
    expect(new first.NetworkError('no')).not.toBeInstanceOf(second.TimeoutError);
  });

  it("keeps classes of the user's apart", () => {
    class Mine extends first.InfiniumError {}
    class Other extends first.InfiniumError {}
    class Deeper extends Mine {}
    const error = new Deeper('mine');
    expect(error).toBeInstanceOf(Mine);
    expect(error).toBeInstanceOf(second.InfiniumError);
    expect(error).not.toBeInstanceOf(Other);
    expect(new first.InfiniumError('ours')).not.toBeInstanceOf(Mine);
    expect(new first.ValidationError('ours')).not.toBeInstanceOf(Mine);
  });

  it.each([[null], [undefined], ['InfiniumError'], [{ name: 'InfiniumError' }], [new Error('x')]])(
    'does not take %p for an error of ours',
    (value) => {
      expect(value instanceof (first.InfiniumError as any)).toBe(false);
    },
  );

  it('shows nothing of it', () => {
    const { inspect } = require('node:util');
    const error = new first.InfiniumError('no luck');
    expect(Object.getOwnPropertyNames(error).sort()).toEqual(['message', 'stack']);
    expect(inspect(error)).not.toContain('infinium-o2');
  });
});

it('has the major version in the names that copies have in common', () => {
  const [major] = first.VERSION.split('.');
  const symbols = Object.getOwnPropertySymbols(globalThis).map(String);
  const ours = symbols.filter((name) => name.includes('infinium-o2'));
  expect(ours.length).toBeGreaterThan(0);
  for (const name of ours) expect(name).toContain(`infinium-o2.v${major}.`);
  const sources = readFileSync(path.join(__dirname, '../../lib/bridge/errors.ts'), 'utf8');
  expect(sources).toContain(`infinium-o2.v${major}.error`);
});
