import { EventEmitter } from 'node:events';

const { TraceScope, current, run } = require('../../lib/trace/context');

const throwing = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error('no');
    },
  },
);

describe('current', () => {
  it('is nothing outside a trace', () => {
    expect(current()).toBeUndefined();
  });

  it('follows awaits, timers, microtasks and event emitters', async () => {
    const scope = new TraceScope();
    const seen: unknown[] = [];
    const look = () => seen.push(current());
    await run({ scope, step: undefined }, async () => {
      await null;
      look();
      await new Promise<void>((resolve) => {
        setTimeout(() => resolve(void look()), 0);
      });
      await new Promise<void>((resolve) => {
        setImmediate(() => resolve(void look()));
      });
      queueMicrotask(look);
      const emitter = new EventEmitter();
      emitter.on('x', look);
      emitter.emit('x');
      await null;
    });
    expect(seen).toEqual([scope, scope, scope, scope, scope]);
    expect(current()).toBeUndefined();
  });

  it('is the innermost trace, and the outer one again after it', async () => {
    const [outer, inner] = [new TraceScope(), new TraceScope()];
    await run({ scope: outer, step: undefined }, async () => {
      await run({ scope: inner, step: undefined }, async () => {
        await null;
        expect(current()).toBe(inner);
      });
      expect(current()).toBe(outer);
    });
  });

  it('is nothing once the trace has settled', () => {
    const scope = new TraceScope();
    run({ scope, step: undefined }, () => {
      scope.settle();
      expect(current()).toBeUndefined();
    });
  });
});

describe('a call record', () => {
  it('merges what becomes known, ignores undefined, and merges metadata key by key', () => {
    const scope = new TraceScope();
    const call = scope.startCall({ provider: 'openai', model: 'asked', metadata: { a: 1, b: 1 } });
    call.update({ model: 'answered', provider: undefined, metadata: { b: 2 } });
    call.update({ toolCalls: ['look_up'] });
    expect(scope.steps[0].facts).toEqual({
      provider: 'openai',
      model: 'answered',
      metadata: { a: 1, b: 2 },
      toolCalls: ['look_up'],
    });
  });

  it('stops its clock once', () => {
    const call = new TraceScope().startCall({});
    call.end();
    const { latencyNs } = call;
    call.end();
    call.fail(new Error('late'));
    expect(typeof latencyNs).toBe('bigint');
    expect(call.latencyNs).toBe(latencyNs);
    expect(call.error).toBeUndefined();
  });

  it('records the first error, and stops its clock with it', () => {
    const call = new TraceScope().startCall({});
    call.fail(new RangeError('first'));
    call.fail(new Error('second'));
    expect(call.error).toMatchObject({ errorType: 'RangeError', message: 'first' });
    expect(typeof call.latencyNs).toBe('bigint');
  });

  it('ignores everything once the trace has settled', () => {
    const scope = new TraceScope();
    const call = scope.startCall({ model: 'm' });
    scope.settle();
    call.update({ model: 'other' });
    call.fail(new Error('late'));
    scope.startCall({ model: 'late' });
    scope.recordPrompt({ promptId: 'late' });
    expect(scope.steps).toHaveLength(1);
    expect(scope.steps[0].facts).toEqual({ model: 'm' });
    expect(scope.steps[0].error).toBeUndefined();
    expect(scope.prompts).toEqual([]);
  });

  it('ignores facts of the wrong type, so that the platform takes the trace', () => {
    const scope = new TraceScope();
    scope.startCall({ model: 7, promptTokens: '3', temperature: Number.NaN, toolCalls: [1] });
    scope.startCall({ model: 'm', metadata: { big: 1n } });
    expect(scope.steps[0].facts).toEqual({});
    expect(scope.steps[1].facts).toEqual({ model: 'm' });
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a proxy that throws', throwing],
  ])('never throws when given %s', (_title, facts) => {
    const scope = new TraceScope();
    const call = scope.startCall(facts);
    expect(() => call.update(facts)).not.toThrow();
    expect(() => call.update({ metadata: facts })).not.toThrow();
    expect(() => call.fail(facts)).not.toThrow();
    expect(() => scope.recordPrompt(facts)).not.toThrow();
  });
});

describe('a trace', () => {
  it('keeps a bounded number of calls and prompts', () => {
    const scope = new TraceScope();
    for (let index = 0; index < 3_000; index += 1) {
      scope.startCall({ model: 'm' }).end();
      scope.recordPrompt({ promptId: 'p' });
    }
    expect(scope.steps).toHaveLength(2_000);
    expect(scope.prompts).toHaveLength(1_000);
  });
});
