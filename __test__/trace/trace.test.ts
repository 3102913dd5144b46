// What a traced function does for its callers.
import type { AsyncInfiniumClient } from 'infinium-o2';
import { concurrent } from '../support/client';
import { clientCode, runProgram } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();
const { bodies } = server;
let client: AsyncInfiniumClient;
beforeEach(() => {
  client = concurrent(server.url, { maxRetries: 0 });
});

describe('a traced function', () => {
  it('is traced in both shapes of the call', async () => {
    expect(client.trace('A', () => 1)()).toBe(1);
    expect(client.trace('B', { description: 'own' }, () => 2)()).toBe(2);
    expect(client.trace('C')(() => 3)()).toBe(3);
    expect(client.trace('D', { description: 'own' })(() => 4)()).toBe(4);
    await client.flush();
    const seen = bodies.map(({ name, description }) => `${name}: ${description}`);
    expect(seen.sort()).toEqual([
      'A: Auto-traced call to A',
      'B: own',
      'C: Auto-traced call to C',
      'D: own',
    ]);
  });

  it('keeps name, length, own properties, this and arguments', () => {
    const add = Object.assign(
      function add(this: unknown, a: number, b: number) {
        return [this, a, b];
      },
      { extra: 1 },
    );
    const traced = client.trace('Add', add);
    const self = {};
    expect(traced.name).toBe('add');
    expect(traced).toHaveLength(2);
    expect(traced.extra).toBe(1);
    expect(traced.call(self, 1, 2)).toEqual([self, 1, 2]);
    expect(traced.call(self, 1, 2)[0]).toBe(self);
  });

  it('returns the very value, at once when it is synchronous', async () => {
    const value = { mine: true };
    expect(client.trace('S', () => value)()).toBe(value);
    expect(await client.trace('P', async () => value)()).toBe(value);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a frozen error', Object.freeze(new Error('no'))],
    ['an error', new RangeError('no')],
  ])('throws %s unchanged, and reports it once', async (_title, thrown) => {
    const caught: unknown[] = [];
    const fail = () => {
      throw thrown;
    };
    try {
      client.trace('S', fail)();
    } catch (error) {
      caught.push(error);
    }
    await client
      .trace('P', async () => fail())()
      .catch((error: unknown) => caught.push(error));
    expect(caught).toHaveLength(2);
    for (const error of caught) expect(Object.is(error, thrown)).toBe(true);
    await client.flush();
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      expect(body.errors).toHaveLength(1);
      expect(body.steps[0].error).toBeUndefined();
    }
  });

  it('is returned unchanged when it is a class', () => {
    class Class {}
    expect(client.trace('x', Class)).toBe(Class);
  });

  it('returns the very promise of a subclass, and does not ask it before the caller does', async () => {
    let asked = 0;
    class Lazy<T> extends Promise<T> {
      // biome-ignore lint/suspicious/noThenProperty: this is how providers' promises work
      override then(...handlers: any[]): any {
        asked += 1;
        return super.then(...handlers);
      }
    }
    const promise = Lazy.resolve(7);
    const result = client.trace('Lazy', () => promise)();
    expect(result).toBe(promise);
    await client.flush();
    expect(asked).toBe(0);
    expect(await result).toBe(7);
    expect(asked).toBe(1);
    await client.flush();
    expect(bodies).toMatchObject([{ name: 'Lazy', output_summary: '7' }]);
  });
});

describe('a result that is no plain promise', () => {
  it('keeps what it has of its own', async () => {
    const promise = Object.assign(Promise.resolve(1), { cancel: () => 'cancelled' });
    const result: any = client.trace('Own', () => promise)();
    expect(result.cancel()).toBe('cancelled');
    expect(await result).toBe(1);
  });

  it('is asked by the caller only, if it has its own way to be asked', async () => {
    let asked = 0;
    const promise = Promise.resolve(7);
    const then = promise.then.bind(promise);
    Object.defineProperty(promise, 'then', {
      configurable: true,
      value: (...handlers: any[]) => {
        asked += 1;
        return then(...handlers);
      },
    });
    const result = client.trace('Lazy', () => promise)();
    await client.flush();
    expect(asked).toBe(0);
    expect(await result).toBe(7);
  });

  it('records why it was rejected', async () => {
    class Lazy<T> extends Promise<T> {
      // biome-ignore lint/suspicious/noThenProperty: this is how providers' promises work
      override then(...handlers: any[]): any {
        return super.then(...handlers);
      }
    }
    const lazy = client.trace('Lazy', () => Lazy.reject(new RangeError('far')));
    await expect(lazy()).rejects.toThrow('far');
    const caught = jest.fn();
    await lazy().then(undefined, caught);
    expect(caught).toHaveBeenCalledTimes(1);
    await client.flush();
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      expect(body.errors).toMatchObject([{ error_type: 'RangeError', message: 'far' }]);
    }
  });

  it('is recorded in the form that the caller asks for: parsed, or with its response', async () => {
    const provider = () => ({
      // biome-ignore lint/suspicious/noThenProperty: this is how providers' promises work
      then: (...handlers: any[]) => Promise.resolve('parsed').then(...handlers),
      asResponse: async () => 'raw',
      async withResponse(this: any) {
        return `with ${await this.asResponse()}`;
      },
    });
    const ask: any = client.trace('Ask', provider);
    expect(await ask()).toBe('parsed');
    expect(await ask().asResponse()).toBe('raw');
    expect(await ask().withResponse()).toBe('with raw');
    await client.flush();
    const told = bodies.map((body) => body.output_summary);
    expect(told.sort()).toEqual(['parsed', 'raw', 'with raw']);
  });
});

describe('a rejection that nobody handles', () => {
  /** Runs code that has a client in a process of its own. */
  const script = (code: string) => runProgram(clientCode(server.url) + code);

  it.each([
    ['an async function', 'async () => { throw new Error("lost") }'],
    ['a function that returns a promise', '() => Promise.reject(new Error("lost"))'],
  ])('is reported once when it is of %s', async (_title, fn) => {
    const { stdout } = await script(`
      let count = 0;
      process.on('unhandledRejection', () => { count += 1; });
      client.trace('Lost', ${fn})();
      setImmediate(() => setImmediate(() => console.log('unhandled', count)));
    `);
    expect(stdout).toContain('unhandled 1');
  });

  it('is not reported when the caller handles it', async () => {
    const { stdout } = await script(`
      let count = 0;
      process.on('unhandledRejection', () => { count += 1; });
      client.trace('Found', async () => { throw new Error('found') })().catch(() => {});
      setImmediate(() => setImmediate(() => console.log('unhandled', count)));
    `);
    expect(stdout).toContain('unhandled 0');
  });
});
