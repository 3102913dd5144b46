import { TraceBuilder, ValidationError, VERSION } from 'infinium-o2';
import { spin } from '../support/client';

const build = () => new TraceBuilder('Name', 'Description');

describe('TraceBuilder', () => {
  it('builds a task of what was set, with its time and surroundings', () => {
    const before = Date.now();
    const task = build()
      .setInputSummary('in')
      .setOutputSummary('out')
      .setOutcome('success')
      .setExpectedOutcome('aim', { constraints: ['c'] })
      .setLlmUsage({ model: 'm', promptTokens: 3 })
      .setSection('support', { callId: 'C-1' })
      .build();
    expect(task).toMatchObject({
      name: 'Name',
      description: 'Description',
      inputSummary: 'in',
      outputSummary: 'out',
      outcome: 'success',
      expectedOutcome: { taskObjective: 'aim', constraints: ['c'] },
      llmUsage: { model: 'm', promptTokens: 3 },
      support: { callId: 'C-1' },
      environment: { nodeVersion: process.versions.node, sdkVersion: VERSION },
    });
    const time = new Date(task.currentDatetime).getTime();
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
    expect(task.duration).toBe(Math.round(task.duration * 1000) / 1000);
    expect(task.duration).toBeGreaterThanOrEqual(0);
  });

  it('takes an expected outcome as one object as well', () => {
    const expected = { taskObjective: 'aim', requiredDeliverables: ['d'] };
    expect(build().setExpectedOutcome(expected).build().expectedOutcome).toEqual(expected);
    const twice = build().setExpectedOutcome('aim', { taskObjective: 'other' } as object);
    expect(twice.build().expectedOutcome).toEqual({ taskObjective: 'aim' });
  });

  it('keeps the versions that the caller set, and fills in those that are missing or null', () => {
    const environment = { framework: 'f', nodeVersion: '1.2.3', sdkVersion: null };
    expect(build().setEnvironment(environment).build().environment).toEqual({
      framework: 'f',
      nodeVersion: '1.2.3',
      sdkVersion: VERSION,
    });
    const own = { nodeVersion: null, sdkVersion: '4.5.6' };
    expect(build().setEnvironment(own).build().environment).toEqual({
      nodeVersion: process.versions.node,
      sdkVersion: '4.5.6',
    });
  });

  it('makes up no llmUsage from the steps', () => {
    const builder = build();
    builder.step('llm_call', 'd').recordLlmCall('m', { promptTokens: 3 }).end();
    expect(builder.build().llmUsage).toBeUndefined();
  });

  it('gives a duration that a jump of the wall clock does not change', () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    try {
      const { duration } = build().build();
      expect(duration).toBeGreaterThanOrEqual(0);
      expect(duration).toBeLessThan(60);
    } finally {
      clock.mockRestore();
    }
  });

  it('gives results that neither it nor what it was given can change later', () => {
    const section = { callId: 'before', nested: { list: [1] } };
    const builder = build().setSection('support', section);
    const step = builder.step('a', 'b').setMetadata({ k: 1 });
    const first = builder.build();
    const text = JSON.stringify(first);
    section.nested.list.push(2);
    step.setOutput('late').setMetadata({ k: 2 }).end();
    builder.addError(new Error('late')).setOutcome('late');
    builder.step('c', 'd');
    expect(JSON.stringify(first)).toBe(text);
    expect(builder.build()).toMatchObject({ outcome: 'late', support: { nested: { list: [1] } } });
    expect(builder.build().steps).toHaveLength(2);
  });

  it('does not change when one of its results does', () => {
    const builder = build().setSection('support', { callId: 'C-1' });
    builder.step('a', 'b').setMetadata({ k: 1 });
    const text = JSON.stringify(builder.build().support);
    const result: any = builder.build();
    result.support.callId = 'changed';
    result.steps[0].metadata.k = 'changed';
    expect(JSON.stringify(builder.build().support)).toBe(text);
    expect(builder.build().steps?.[0].metadata).toEqual({ k: 1 });
  });

  it('describes errors, and takes details as they are but for a long stack', () => {
    const errors = build()
      .addError(Object.freeze(new RangeError('far')))
      .addError({
        errorType: 'Mine',
        message: 'm',
        recoverable: true,
        stackTrace: 's'.repeat(2000),
      })
      .addError(undefined)
      .build().errors;
    expect(errors).toHaveLength(3);
    expect(errors?.[0]).toMatchObject({ errorType: 'RangeError', message: 'far' });
    expect(errors?.[1]).toEqual({
      errorType: 'Mine',
      message: 'm',
      recoverable: true,
      stackTrace: `${'s'.repeat(997)}...`,
    });
    expect(errors?.[2]).toMatchObject({ errorType: 'undefined', message: 'undefined' });
  });

  it('throws a ValidationError when there is no such section', () => {
    const call = () => build().setSection('steps' as 'general', {});
    expect(call).toThrow(ValidationError);
    expect(call).toThrow(expect.objectContaining({ field: 'section' }));
  });
});

describe('a step', () => {
  it('is numbered in order of creation, and timed until its first end', () => {
    const builder = build();
    const first = builder.step('a', 'one');
    builder.step('b', 'two');
    spin(7);
    first.end();
    const atFirst = builder.build().steps ?? [];
    spin(7);
    first.end();
    const steps = builder.build().steps ?? [];
    expect(steps.map(({ stepNumber, action }) => [stepNumber, action])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(steps[0].durationMs).toBeGreaterThanOrEqual(7);
    expect(steps[0].durationMs).toBe(atFirst[0].durationMs);
    expect(steps[1].durationMs).toBeUndefined();
  });

  it('has the time so far if it is open in a block with `using` that returns the task', () => {
    function work() {
      const builder = build();
      using _step = builder.step('a', 'one');
      builder.step('b', 'two');
      spin(5);
      return builder.build();
    }
    const steps = work().steps ?? [];
    expect(steps[0].durationMs).toBeGreaterThanOrEqual(5);
    expect(steps[1].durationMs).toBeUndefined();
  });

  it('cuts its texts in code points, with an ellipsis within the limit', () => {
    const long = '😀'.repeat(3000);
    const builder = build();
    builder
      .step('a', 'b')
      .setInput(long)
      .setOutput(long)
      .recordToolCall('t', { inputSummary: long, outputSummary: long });
    const step = builder.build().steps?.[0];
    const texts = [
      step?.inputPreview,
      step?.outputPreview,
      step?.toolCall?.inputSummary,
      step?.toolCall?.outputSummary,
    ];
    expect(texts.map((text) => [...(text ?? '')].length)).toEqual([500, 1500, 300, 1500]);
    for (const text of texts) expect(text?.endsWith('😀...')).toBe(true);
  });

  it('treats null like a value that is not given', () => {
    const builder = build();
    builder
      .step('a', 'b')
      .setInput(null)
      .setOutput(null)
      .recordToolCall('t', { inputSummary: null });
    builder.step('c', 'd', null as any);
    expect(builder.build().steps).toStrictEqual([
      { stepNumber: 1, action: 'a', description: 'b', toolCall: { toolName: 't' } },
      { stepNumber: 2, action: 'c', description: 'd' },
    ]);
  });

  it('keeps what it was given as it was then', () => {
    const given: any = { nested: { n: 1 } };
    const builder = build();
    builder.step('a', 'b').recordToolCall('t', given).recordLlmCall('m', given).setMetadata(given);
    given.nested.n = 2;
    expect(builder.build().steps?.[0]).toMatchObject({
      toolCall: { nested: { n: 1 } },
      llmCall: { nested: { n: 1 } },
      metadata: { nested: { n: 1 } },
    });
  });

  it('adds metadata to what there is, and describes errors of tools', () => {
    const builder = build();
    builder
      .step('a', 'b')
      .setMetadata({ a: 1, b: 1 })
      .setMetadata({ b: 2 })
      .recordToolCall('t', { error: new RangeError('far') as any });
    expect(builder.build().steps?.[0]).toMatchObject({
      metadata: { a: 1, b: 2 },
      toolCall: { error: { errorType: 'RangeError', message: 'far' } },
    });
  });

  it('is called what its arguments say, whatever the details do', () => {
    const builder = build();
    const details: any = { toolName: 'other', model: 'other' };
    builder.step('a', 'b').recordToolCall('t', details).recordLlmCall('m', details);
    expect(builder.build().steps?.[0]).toMatchObject({
      toolCall: { toolName: 't' },
      llmCall: { model: 'm' },
    });
  });

  it('records calls of tools and models, in whole milliseconds', () => {
    const builder = build();
    builder
      .step('a', 'b')
      .recordToolCall('look_up', {
        durationMs: 1.6,
        httpStatus: 200,
        error: { errorType: 'E', message: 'm' },
      })
      .recordLlmCall('gpt', { provider: 'openai', latencyMs: 2.4, temperature: 0 });
    expect(builder.build().steps?.[0]).toMatchObject({
      toolCall: { toolName: 'look_up', durationMs: 2, httpStatus: 200, error: { errorType: 'E' } },
      llmCall: { model: 'gpt', provider: 'openai', latencyMs: 2, temperature: 0 },
    });
  });

  // In a realm of its own, as Jest's, older versions of Node.js do not know the symbol.
  it('ends with its block when the runtime knows Symbol.dispose', () => {
    const builder = build();
    const step: any = builder.step('a', 'b');
    if (!Symbol.dispose) {
      expect(Object.getOwnPropertySymbols(Object.getPrototypeOf(step))).toEqual([]);
      return;
    }
    step[Symbol.dispose]();
    expect(typeof builder.build().steps?.[0].durationMs).toBe('number');
  });
});

describe('step with a function', () => {
  it('stays synchronous, hands over the step, and returns what the function returned', () => {
    const builder = build();
    const value = { mine: true };
    const result = builder.step('a', 'b', (step) => {
      step.setOutput('out');
      return value;
    });
    expect(result).toBe(value);
    expect(builder.build().steps?.[0]).toMatchObject({ outputPreview: 'out' });
    expect(typeof builder.build().steps?.[0].durationMs).toBe('number');
  });

  it('is open until the promise of an async function settles', async () => {
    const builder = build();
    let finish = (_value: number) => {};
    const result = builder.step(
      'a',
      'b',
      () => new Promise<number>((resolve) => (finish = resolve)),
    );
    expect(builder.build().steps?.[0].durationMs).toBeUndefined();
    finish(7);
    expect(await result).toBe(7);
    expect(typeof builder.build().steps?.[0].durationMs).toBe('number');
  });

  it('asks a thenable once', async () => {
    let asked = 0;
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder has one
      then(resolve: (value: number) => void) {
        asked += 1;
        resolve(7);
      },
    };
    expect(await build().step('a', 'b', () => lazy as unknown as Promise<number>)).toBe(7);
    expect(asked).toBe(1);
  });

  it.each<[string, unknown]>([
    ['an error', new RangeError('no')],
    ['a frozen error', Object.freeze(new Error('no'))],
    ['a string', 'no'],
    ['undefined', undefined],
  ])('records %s, and throws the very same', async (_title, thrown) => {
    const builder = build();
    const caught: unknown[] = [];
    try {
      builder.step('a', 'b', () => {
        throw thrown;
      });
    } catch (error) {
      caught.push(error);
    }
    await builder
      .step('a', 'b', async () => {
        throw thrown;
      })
      .catch((error: unknown) => caught.push(error));
    expect(caught).toHaveLength(2);
    for (const error of caught) expect(Object.is(error, thrown)).toBe(true);
    for (const step of builder.build().steps ?? []) {
      expect(typeof step.error?.message).toBe('string');
      expect(typeof step.durationMs).toBe('number');
    }
  });

  it('throws a ValidationError when it is given something else than a function', () => {
    const call = () => (build() as any).step('a', 'b', 5);
    expect(call).toThrow(ValidationError);
    expect(call).toThrow(expect.objectContaining({ field: 'fn' }));
  });
});
