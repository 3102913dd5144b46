// Tools and other functions that are steps of a trace.
import { currentTrace, type TaskData, traceStep, traceTool, ValidationError } from 'infinium-o2';
import { concurrent } from '../support/client';
import { useServer } from '../support/use';

const server = useServer();

/** Runs a function as a trace. Returns the steps after the first. */
async function stepsOf(fn: () => unknown, more: object = {}): Promise<any[]> {
  let task: TaskData | undefined;
  const onTrace = (seen: TaskData) => {
    task = seen;
  };
  const run = concurrent(server.url).trace('T', { onTrace, autoSend: false, ...more }, async () =>
    fn(),
  );
  await run().catch(() => {});
  return task?.steps?.slice(1) ?? [];
}

describe('traceTool', () => {
  it('records each call within a trace, and just calls elsewhere', async () => {
    const add = traceTool('add', (a: number, b: number) => a + b);
    expect(add(1, 2)).toBe(3);
    const [step, ...others] = await stepsOf(() => add(3, 4));
    expect(others).toEqual([]);
    expect(step).toEqual({
      stepNumber: 2,
      action: 'tool_call',
      description: 'add',
      durationMs: expect.any(Number),
      toolCall: {
        toolName: 'add',
        durationMs: expect.any(Number),
        inputSummary: '[3,4]',
        outputSummary: '7',
      },
    });
  });

  it('records errors with their status, and throws them', async () => {
    const error = Object.assign(new RangeError('no'), { status: 503 });
    const fail = traceTool('fail', async () => {
      throw error;
    });
    await expect(fail()).rejects.toBe(error);
    const [step] = await stepsOf(fail);
    expect(step.toolCall).toMatchObject({
      httpStatus: 503,
      error: { errorType: 'RangeError', message: 'no' },
    });
  });

  it('records the status of a Response', async () => {
    const get = traceTool('get', () => fetch(server.url, { method: 'POST', body: '{}' }));
    const [step] = await stepsOf(get);
    expect(step.toolCall.httpStatus).toBe(200);
  });

  it('shortens input and output', async () => {
    const echo = traceTool('echo', (text: string) => text.repeat(10));
    const [step] = await stepsOf(() => echo('x'.repeat(1_000)));
    expect(step.toolCall.inputSummary).toHaveLength(300);
    expect(step.toolCall.outputSummary).toHaveLength(1_500);
  });

  it('captures what the trace captures, unless its options say otherwise', async () => {
    const quiet = { captureInput: false, captureOutput: false };
    const plain = traceTool('plain', (text: string) => text);
    const loud = traceTool('loud', { captureOutput: true }, (text: string) => text);
    const silent = traceTool('silent', { captureInput: false, captureOutput: false }, plain);
    const seen = await stepsOf(() => [plain('p'), loud('l')], quiet);
    expect(seen.map(({ toolCall }) => [toolCall.inputSummary, toolCall.outputSummary])).toEqual([
      [undefined, undefined],
      [undefined, 'l'],
    ]);
    const [outer] = await stepsOf(() => silent('p'));
    expect(outer.toolCall).not.toHaveProperty('inputSummary');
    expect(outer.toolCall).not.toHaveProperty('outputSummary');
  });

  it('is the parent of the steps inside of it', async () => {
    const inner = traceTool('inner', { metadata: { own: 1 } }, async () => 1);
    const outer = traceTool('outer', async () => {
      await null;
      currentTrace()?.step('note', 'here').end();
      return inner();
    });
    const steps = await stepsOf(outer);
    expect(steps.map(({ description, metadata }) => [description, metadata])).toEqual([
      ['outer', undefined],
      ['here', { parent_step: 2 }],
      ['inner', { own: 1, parent_step: 2 }],
    ]);
  });

  it('lasts until a generator is exhausted', async () => {
    const count = traceTool('count', function* (max: number) {
      for (let value = 0; value < max; value += 1) yield value;
    });
    const [step] = await stepsOf(() => [...count(3)]);
    expect(step.toolCall).toMatchObject({ inputSummary: '3', outputSummary: '[0,1,2]' });
  });

  it('names a wrong argument', () => {
    const call = (...args: unknown[]) => (traceTool as any)(...args);
    for (const [field, args] of [
      ['name', ['', () => {}]],
      ['name', [7, () => {}]],
      ['fn', ['a', {}, 7]],
      ['captureInput', ['a', { captureInput: 'no' }, () => {}]],
      ['options', ['a', 7, () => {}]],
    ] as const) {
      expect(() => call(...args)).toThrow(ValidationError);
      expect(() => call(...args)).toThrow(expect.objectContaining({ field }));
    }
  });
});

describe('traceStep', () => {
  it('records a step of any kind', async () => {
    const find = traceStep('retrieval', async function findPages(query: string) {
      return [query];
    });
    const check = traceStep('guardrail', { description: 'No secrets' }, () => {
      throw new Error('secret');
    });
    const [found, checked] = await stepsOf(async () => {
      await find('q');
      check();
    });
    expect(found).toEqual({
      stepNumber: 2,
      action: 'retrieval',
      description: 'findPages',
      inputPreview: 'q',
      outputPreview: '["q"]',
      durationMs: expect.any(Number),
    });
    expect(checked).toMatchObject({
      action: 'guardrail',
      description: 'No secrets',
      error: { message: 'secret' },
    });
    expect(checked).not.toHaveProperty('toolCall');
  });
});

describe('as decorators', () => {
  it('standard ones wrap methods and fields', async () => {
    const client = concurrent(server.url);
    const tasks: TaskData[] = [];
    const onTrace = (task: TaskData) => void tasks.push(task);
    const tracedMethod = client.trace('Run', { onTrace, autoSend: false });
    const tool = traceTool('look');
    // What a compiler makes of `@tracedMethod run() {…}` and `@tool look = () => …`.
    class Agent {
      factor = 2;
      look = (tool as any)(undefined, { kind: 'field', name: 'look' }).call(this, (x: number) => x);
      run(this: Agent, x: number): number {
        return this.look(x) * this.factor;
      }
    }
    Agent.prototype.run = tracedMethod(Agent.prototype.run, { kind: 'method', name: 'run' });
    expect(new Agent().run(4)).toBe(8);
    expect(tasks[0].steps?.[1].toolCall?.toolName).toBe('look');
  });

  it('experimental ones change the descriptor', () => {
    const client = concurrent(server.url);
    const decorate = client.trace('Run', { autoSend: false });
    const target = {
      run(x: number) {
        return [this, x];
      },
    };
    const descriptor = Object.getOwnPropertyDescriptor(target, 'run') as PropertyDescriptor;
    const changed = decorate(target, 'run', descriptor);
    expect(changed).toMatchObject({ configurable: true, writable: true });
    expect(changed.value).not.toBe(target.run);
    expect(changed.value.call(target, 1)).toEqual([target, 1]);
  });
});
