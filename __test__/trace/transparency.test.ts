// A traced function is still what it was.
import 'reflect-metadata';
import { types } from 'node:util';
import { currentTrace, type TaskData } from 'infinium-o2';
import { concurrent } from '../support/client';
import { runProgram } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();
const quiet = { autoSend: false };

function trace<F extends (...args: any[]) => any>(fn: F, more: object = {}): F {
  return concurrent(server.url).trace('T', { ...quiet, ...more }, fn);
}

const KINDS: Record<string, any> = {
  function: function plain(a: number, _b?: number) {
    return a;
  },
  arrow: (a: number) => a,
  method: {
    method(a: number) {
      return a;
    },
  }.method,
  async: async function later(a: number) {
    return a;
  },
  generator: function* values(a: number) {
    yield a;
  },
  'async generator': async function* laterValues(a: number) {
    yield a;
  },
};

describe.each(Object.entries(KINDS))('a traced %s', (_kind, fn) => {
  it('is of the same kind, with the same text, name and length', () => {
    const traced = trace(fn);
    expect(traced).not.toBe(fn);
    expect(types.isAsyncFunction(traced)).toBe(types.isAsyncFunction(fn));
    expect(types.isGeneratorFunction(traced)).toBe(types.isGeneratorFunction(fn));
    expect(Object.prototype.toString.call(traced)).toBe(Object.prototype.toString.call(fn));
    expect(String(traced)).toBe(String(fn));
    expect([traced.name, traced.length]).toEqual([fn.name, fn.length]);
    expect(Reflect.ownKeys(traced).sort()).toEqual(
      Reflect.ownKeys(fn)
        .filter((key) => key !== 'arguments' && key !== 'caller')
        .sort(),
    );
    expect(Object.hasOwn(traced, 'prototype')).toBe(Object.hasOwn(fn, 'prototype'));
    expect(traced.prototype).toBe(fn.prototype);
  });

  it('has the metadata and properties of the function, also later ones', () => {
    const own = Symbol('own');
    const original = Object.assign(fn.bind(null), { extra: 1, [own]: 2 });
    Reflect.defineMetadata('before', 'b', original);
    const traced = trace(original) as any;
    Reflect.defineMetadata('after', 'a', original);
    original.late = 3;
    expect([traced.extra, traced[own], traced.late]).toEqual([1, 2, 3]);
    expect(Reflect.getMetadata('before', traced)).toBe('b');
    expect(Reflect.getMetadata('after', traced)).toBe('a');
  });
});

it('a traced function has the text and the kind of the function where there is no metadata, too', async () => {
  const { stdout, stderr } = await runProgram(`
    const client = new infinium.InfiniumClient({ agentId: 'agent-1', agentSecret: 'secret-0123' });
    const trace = (fn) => client.trace('T', { autoSend: false }, fn);
    const kinds = [function plain(a) { return a; }, (a) => a, async (a) => a, function* values(a) { yield a; }];
    const seen = kinds.map((fn) => {
      const traced = trace(fn);
      return [traced, trace(traced)].every((each) => String(each) === String(fn)
        && each.name === fn.name && each.length === fn.length
        && each instanceof Object.getPrototypeOf(fn).constructor
        && !Object.hasOwn(each, 'toString'));
    });
    console.log('getMetadata' in Reflect, seen.join());`);
  expect([stdout, stderr]).toEqual(['false true,true,true,true\n', '']);
});

it('a traced constructor constructs, and knows new.target', () => {
  function Point(this: any, x: number) {
    this.target = new.target;
    this.x = x;
  }
  const Traced = trace(Point as any) as any;
  const point = new Traced(3);
  expect(point).toMatchObject({ x: 3, target: Point });
  expect(point).toBeInstanceOf(Traced);
  expect(point).toBeInstanceOf(Point);

  expect(() => new (trace(() => {}) as any)()).toThrow(TypeError);
});

it('a traced recursive function reaches a quarter of the depth of the plain one', () => {
  let depth = 0;
  const plain = (count: number): void => {
    depth = count;
    plain(count + 1);
  };
  expect(() => plain(1)).toThrow(RangeError);
  const plainDepth = depth;
  const traced: (count: number) => void = trace((count: number) => {
    depth = count;
    traced(count + 1);
  });
  expect(() => traced(1)).toThrow(RangeError);
  expect(depth).toBeGreaterThan(plainDepth / 4);
  expect(currentTrace()).toBeUndefined();
});

describe('a traced generator', () => {
  function recorded(fn: any) {
    const tasks: TaskData[] = [];
    const onTrace = (task: TaskData) => void tasks.push(task);
    return { traced: trace(fn, { onTrace }), tasks };
  }

  it('runs within its trace, until it is exhausted', () => {
    const { traced, tasks } = recorded(function* (this: object, max: number): any {
      for (let value = 0; value < max; value += 1) {
        currentTrace()?.step('yield', String(value)).end();
        const given = yield { value };
        expect(given).toBe(`given ${value}`);
      }
      return 'end';
    });
    const generator: any = traced.call({}, 2);
    expect(generator).toBeInstanceOf(traced);
    expect(Object.prototype.toString.call(generator)).toBe('[object Generator]');
    expect(generator.next('ignored')).toEqual({ value: { value: 0 }, done: false });
    expect(currentTrace()).toBeUndefined();
    expect(generator.next('given 0')).toEqual({ value: { value: 1 }, done: false });
    expect(tasks).toEqual([]);
    expect(generator.next('given 1')).toEqual({ value: 'end', done: true });
    expect(generator.next()).toEqual({ value: undefined, done: true });
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({
      inputSummary: '2',
      outputSummary: '[{"value":0},{"value":1}]',
    });
    expect(tasks[0].steps).toHaveLength(3);
  });

  it('ends when it is returned, and fails when it throws', () => {
    const fn = function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        yield 'cleanup';
      }
    };
    const { traced, tasks } = recorded(fn);
    for (const _value of traced()) break;
    expect(tasks).toEqual([]);
    const generator = traced() as Generator;
    generator.next();
    expect(() => {
      generator.throw(new Error('thrown'));
      generator.next();
    }).toThrow('thrown');
    expect(tasks[0].errors).toMatchObject([{ message: 'thrown' }]);
    expect(tasks[0].outputSummary).toBe('[1,"cleanup"]');
  });

  it('is asynchronous, too', async () => {
    const { traced, tasks } = recorded(async function* (max: number) {
      for (let value = 0; value < max; value += 1) {
        await null;
        currentTrace()?.step('yield', String(value)).end();
        yield value;
      }
    });
    const seen: number[] = [];
    for await (const value of traced(9)) {
      expect(currentTrace()).toBeUndefined();
      seen.push(value);
      if (value === 2) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(tasks[0]).toMatchObject({ outputSummary: '[0,1,2]' });
    expect(tasks[0].steps).toHaveLength(4);
  });

  it('shortens what it has yielded', () => {
    const { traced, tasks } = recorded(function* () {
      for (let count = 0; count < 50; count += 1) yield 'x'.repeat(1_000);
    });
    for (const _value of traced()) {
      // Reads all.
    }
    expect(tasks[0].outputSummary).toHaveLength(8_000);
    expect(tasks[0].outputSummary).toMatch(/\.\.\.$/);
  });
});
