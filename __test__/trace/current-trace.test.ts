// The handle of the running trace.
import {
  type CurrentTrace,
  currentTrace,
  type Delivery,
  InfiniumClient,
  InfiniumError,
  setupLogging,
  type TaskData,
} from 'infinium-o2';
import { concurrent, options } from '../support/client';
import { reply } from '../support/http';
import { useServer } from '../support/use';

const server = useServer();
const { bodies } = server;

/** Runs a function as a trace. Returns its task. */
function traced(use: (trace: CurrentTrace) => unknown, more: object = {}): TaskData {
  let task: TaskData | undefined;
  const onTrace = (seen: TaskData) => {
    task = seen;
  };
  const client = concurrent(server.url);
  client.trace('Name', { onTrace, autoSend: false, ...more }, () => {
    use(currentTrace() as CurrentTrace);
    return 'result';
  })();
  return task as TaskData;
}

describe('currentTrace()', () => {
  it('is the innermost trace that runs here, also of the client, and undefined elsewhere', async () => {
    expect(currentTrace()).toBeUndefined();
    const client = concurrent(server.url);
    const seen: unknown[] = [];
    const inner = client.trace('Inner', { autoSend: false }, () => currentTrace());
    const outer = client.trace('Outer', { autoSend: false }, async () => {
      const own = currentTrace();
      await null;
      seen.push(own === currentTrace(), client.currentTrace() === own, inner() === own);
      return own;
    });
    const handle = await outer();
    expect(seen).toEqual([true, true, false]);
    expect(handle).toBeDefined();
    expect(currentTrace()).toBeUndefined();
  });

  it('sets what a TraceBuilder sets', () => {
    const task = traced((trace) => {
      const returned = trace
        .setOutcome('partial')
        .setExpectedOutcome('objective', { constraints: ['a'] })
        .setSection('support', { callId: 'C-17' })
        .setEnvironment({ region: 'eu', customTags: { team: 'x' } })
        .setInputSummary('in')
        .setOutputSummary('out')
        .addError(new RangeError('mine'))
        .setTags({ plan: 'pro', seats: 3, trial: false })
        .setSession('s-1')
        .setUser('u-1')
        .setMetadata({ a: 1 })
        .setMetadata({ b: 2 });
      expect(returned).toBe(trace);
    });
    expect(task).toMatchObject({
      outcome: 'partial',
      expectedOutcome: { taskObjective: 'objective', constraints: ['a'] },
      support: { callId: 'C-17' },
      inputSummary: 'in',
      outputSummary: 'out',
      errors: [{ errorType: 'RangeError', message: 'mine' }],
    });
    expect(task.steps?.[0]).toMatchObject({ outputPreview: 'result', metadata: { a: 1, b: 2 } });
    expect(task.environment).toMatchObject({
      region: 'eu',
      nodeVersion: process.versions.node,
      customTags: {
        team: 'x',
        plan: 'pro',
        seats: 3,
        trial: false,
        session_id: 's-1',
        user_id: 'u-1',
      },
    });
  });

  it.each<[string, (trace: any) => unknown]>([
    ['outcome', (trace) => trace.setOutcome(7)],
    ['inputSummary', (trace) => trace.setInputSummary({})],
    ['expectedOutcome', (trace) => trace.setExpectedOutcome(null)],
    ['nonsense', (trace) => trace.setSection('nonsense', {})],
    ['support', (trace) => trace.setSection('support', 'text')],
    ['environment', (trace) => trace.setEnvironment([])],
    ['tag a', (trace) => trace.setTags({ a: {} })],
    ['tags', (trace) => trace.setTags('a')],

    ['metadata', (trace) => trace.setMetadata(undefined)],
    [
      'environment',
      (trace) =>
        trace.setEnvironment({
          get region() {
            throw new Error('no');
          },
        }),
    ],
  ])('logs and leaves out what is wrong: %s (%#)', (field, use) => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    setupLogging(true, 'WARN', { debug: log, info: log, warn: log, error: log });
    const task = traced((trace) => {
      expect(use(trace)).toBe(trace);
      trace.setTags({ fine: 1 });
    });
    setupLogging(true, 'WARN');
    expect(lines).toEqual([expect.stringContaining(`currentTrace(): ${field} `)]);
    expect(task.environment?.customTags).toEqual({ fine: 1 });
  });

  it('leaves out what the platform would refuse, and sends the rest', async () => {
    setupLogging(false);
    const client = concurrent(server.url);
    client.trace('Sent', () => {
      (currentTrace() as any)
        .setSection('support', { callId: { not: 'text' } })
        .setSection('sales', { leadSource: 'web' });
    })();
    await client.flush();
    setupLogging(true, 'WARN');
    expect(bodies).toHaveLength(1);
    expect(bodies[0].sections).toEqual({ sales: { lead_source: 'web' } });
  });

  it('does nothing once the trace has settled', async () => {
    let handle: CurrentTrace | undefined;
    const task = traced((trace) => {
      handle = trace;
    });
    handle?.setOutcome('late').setTags({ late: 1 }).addError('late').step('late', 'late').end();
    expect(JSON.stringify(task)).not.toContain('late');
  });

  it('takes steps in the order of their starts, with the step that contains them', async () => {
    let task: TaskData | undefined;
    const onTrace = (seen: TaskData) => {
      task = seen;
    };
    const run = concurrent(server.url).trace('T', { onTrace, autoSend: false }, async () => {
      const trace = currentTrace() as CurrentTrace;
      const first = trace.step('plan', 'first').setInput('x');
      const value = await trace.step('search', 'second', async (step) => {
        await null;
        trace.step('read', 'third', () => 1);
        step.setOutput('found');
        return 7;
      });
      expect(value).toBe(7);
      first.end();
      const failing = () => trace.step('guard', 'fourth', () => Promise.reject(new Error('no')));
      await expect(failing()).rejects.toThrow('no');
    });
    await run();
    const steps = task?.steps ?? [];
    const parentOf = (step: (typeof steps)[number]) => step.metadata?.parent_step;
    expect(steps.map((step) => [step.stepNumber, step.description, parentOf(step)])).toEqual([
      [1, 'Execute T', undefined],
      [2, 'first', undefined],
      [3, 'second', undefined],
      [4, 'third', 3],
      [5, 'fourth', undefined],
    ]);
    expect(steps[1]).toMatchObject({ inputPreview: 'x', durationMs: expect.any(Number) });
    expect(steps[2]).toMatchObject({ outputPreview: 'found' });
    expect(steps[4].error).toMatchObject({ message: 'no' });
  });

  it('redacts steps', () => {
    const redact = (text: string) => text.replaceAll('private', '***');
    const task = traced(
      (trace) => {
        const step = trace.step('a', 'b').setInput(`${'x'.repeat(495)}private`);
        step.setOutput('private').setError(new Error('private'));
        step.recordToolCall('t', { inputSummary: 'private', outputSummary: 'private' });
        trace.setOutputSummary('private').addError(new Error('private'));
      },
      { redact },
    );
    expect(JSON.stringify(task)).not.toContain('priv');
  });
});

describe('delivered', () => {
  async function deliveryOf(
    config: object,
    traceOptions: object = {},
  ): Promise<[Delivery, [Delivery, TaskData][]]> {
    const client = new InfiniumClient(options(server.url, { quiet: true, ...config }));
    const told: [Delivery, TaskData][] = [];
    const onDelivered = (delivery: Delivery, task: TaskData) => void told.push([delivery, task]);
    let delivered: Promise<Delivery> | undefined;
    client.trace('Name', { onDelivered, ...traceOptions }, () => {
      delivered = currentTrace()?.delivered;
    })();
    const delivery = await (delivered as Promise<Delivery>);
    await client.close({ timeout: 0 });
    return [delivery, told];
  }

  it('is the id and the answer of the platform', async () => {
    server.answer = reply(200, { traceId: 't-1', message: 'stored' });
    const [delivery, told] = await deliveryOf({});
    expect(delivery).toEqual({
      success: true,
      traceId: 't-1',
      response: expect.objectContaining({ statusCode: 200, message: 'stored' }),
    });
    expect(told).toEqual([[delivery, expect.objectContaining({ name: 'Name' })]]);
  });

  it('is the error of a trace that is refused', async () => {
    server.answer = reply(422, { message: 'no' });
    const [delivery] = await deliveryOf({});
    expect(delivery).toMatchObject({ success: false, error: { name: 'ValidationError' } });
  });

  it.each<[string, object, object]>([
    ['sampled', { sampleRate: 0 }, {}],
    ['sampled', {}, { sampleRate: 0 }],
    ['beforeSend', { beforeSend: () => null }, {}],
    ['disabled', { enabled: false }, {}],
    ['queueFull', { maxQueueBytes: 10 }, {}],
    ['autoSend', {}, { autoSend: false }],
  ])('is false for a trace that is not sent: %s', async (reason, config, traceOptions) => {
    const [delivery, told] = await deliveryOf(config, traceOptions);
    expect(delivery).toEqual({ success: false, error: expect.any(InfiniumError) });
    expect(delivery).toMatchObject({ error: { message: expect.stringContaining(reason) } });
    expect(told).toHaveLength(1);
    expect(bodies).toEqual([]);
  });

  it('is false for a trace that a closed client has dropped', async () => {
    const client = concurrent(server.url);
    await client.close();
    let delivered: Promise<Delivery> | undefined;
    client.trace('Name', () => {
      delivered = currentTrace()?.delivered;
    })();
    expect(await delivered).toMatchObject({ success: false });
  });
});
