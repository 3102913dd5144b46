// The options of a traced function.
import { type AsyncInfiniumClient, setupLogging, ValidationError } from 'infinium-o2';
import { concurrent } from '../support/client';
import { useServer } from '../support/use';

// The bundle keeps the running trace to itself, so these tests use the modules that it is made of.
jest.mock('infinium-o2', () => jest.requireActual('../../lib/index'));
const { current } = require('../../lib/trace/context');

const server = useServer();
const { bodies } = server;
let client: AsyncInfiniumClient;
beforeEach(() => {
  client = concurrent(server.url, { maxRetries: 0 });
});
afterEach(() => void setupLogging(true, 'WARN'));

describe('options', () => {
  it('hands each trace to onTrace, and does not send it without autoSend', async () => {
    const onTrace = jest.fn();
    client.trace('Sent', { onTrace }, () => 1)();
    client.trace('Kept', { onTrace, autoSend: false }, () => 1)();
    await client.flush();
    expect(onTrace.mock.calls.map(([task]) => task.name)).toEqual(['Sent', 'Kept']);
    expect(bodies.map(({ name }) => name)).toEqual(['Sent']);
  });

  it('keeps the trace when onTrace throws', async () => {
    setupLogging(false);
    const onTrace = () => {
      throw new Error('mine');
    };
    expect(client.trace('Thrown', { onTrace }, () => 1)()).toBe(1);
    await client.flush();
    expect(bodies).toHaveLength(1);
  });

  it('reports nothing of arguments and results when captures are off', async () => {
    const options = { captureInput: false, captureOutput: false };
    client.trace('Quiet', options, (_text: string) => 'private-out')('private-in');
    await client.flush();
    expect(JSON.stringify(bodies)).not.toContain('private');
    expect(bodies[0]).not.toHaveProperty('input_summary');
    expect(bodies[0]).not.toHaveProperty('output_summary');
  });

  it('redacts input, output, errors and previews', async () => {
    const redact = (text: string) => text.replaceAll('private', '***');
    const run = client.trace('Redact', { redact }, (text: string) => {
      current().startCall({ inputPreview: text, outputPreview: text }).fail(new Error(text));
      return text;
    });
    run('private');
    const fail = client.trace('Fail', { redact }, (text: string) => {
      throw new Error(text);
    });
    expect(() => fail('private')).toThrow('private');
    await client.flush();
    expect(bodies).toHaveLength(2);
    expect(JSON.stringify(bodies)).not.toContain('private');
  });

  it('redacts what a cut would have made unrecognizable', async () => {
    const redact = (text: string) => text.replaceAll('private', '***');
    const upTo = (limit: number) => `${'x'.repeat(limit - 9)}private, and more`;
    const echo = (_text: string) => upTo(8_000);
    client.trace('Cut', { redact }, echo)(upTo(3_000));
    const fail = () => {
      throw Object.assign(new Error(upTo(10_000)), { stack: upTo(1_000) });
    };
    expect(client.trace('Fail', { redact }, fail)).toThrow();
    client.trace('Ask', { redact }, () => {
      const error = Object.assign(new Error(upTo(10_000)), { stack: upTo(1_000) });
      current().startCall({}).fail(error);
    })();
    await client.flush();
    expect(bodies).toHaveLength(3);
    expect(JSON.stringify(bodies)).not.toContain('priv');
  });

  it('cuts what redact made longer', async () => {
    const redact = (text: string) => text + '!'.repeat(20_000);
    const run = client.trace('Longer', { redact }, (text: string) => {
      current().startCall({ inputPreview: text, outputPreview: text }).fail(new Error(text));
      throw new Error(text);
    });
    expect(() => run('text')).toThrow();
    await client.flush();
    client.trace('Longer', { redact }, (text: string) => text)('text');
    await client.flush();
    const [failed, done] = bodies;
    expect([done.input_summary.length, done.output_summary.length]).toEqual([3000, 8000]);
    expect(done.steps[0].output_preview).toHaveLength(1500);
    expect(failed.steps[1].input_preview).toHaveLength(500);
    expect(failed.steps[1].output_preview).toHaveLength(500);
    expect(failed.errors[0].message).toHaveLength(10_000);
    expect(failed.steps[1].error.message).toHaveLength(1000);
    for (const error of [failed.errors[0], failed.steps[1].error]) {
      expect(error.stack_trace).toHaveLength(1000);
    }
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['returns no string', () => undefined],
    ['returns a promise', async () => 'late'],
  ])('sends no text at all when redact %s', async (_title, redact) => {
    client.trace('Closed', { redact: redact as () => string }, (text: string) => text)('private');
    await client.flush();
    expect(JSON.stringify(bodies)).not.toContain('private');
    expect(bodies[0].input_summary).toBe('[redaction failed]');
    expect(bodies[0].output_summary).toBe('[redaction failed]');
  });

  it.each<[string, unknown[]]>([
    ['name', [7]],
    ['name', ['  ']],
    ['name', ['n'.repeat(501)]],
    ['options', ['n', 'text', () => 1]],
    ['options', ['n', [], () => 1]],
    ['fn', ['n', {}, null]],
    ['description', ['n', { description: 'd'.repeat(10_001) }]],
    ['fn', ['n', {}, 'text']],
    ['description', ['n', { description: 7 }]],
    ['autoSend', ['n', { autoSend: 'no' }]],
    ['onTrace', ['n', { onTrace: {} }]],
    ['captureInput', ['n', { captureInput: 1 }]],
    ['captureOutput', ['n', { captureOutput: 1 }]],
    ['redact', ['n', { redact: /x/ }]],
  ])('throws a ValidationError that names %s at once when it is wrong', (field, args) => {
    const call = () => (client.trace as (...args: any[]) => unknown)(...args);
    expect(call).toThrow(ValidationError);
    expect(call).toThrow(expect.objectContaining({ field }));
  });

  it.each<[string, unknown]>([
    ['a number', 7],
    ['a string', 'text'],
    ['an array', []],
  ])('says how to call it when it gets %s for the options', (kind, options) => {
    const call = () => (client.trace as (...args: any[]) => unknown)('n', options, () => 1);
    expect(call).toThrow(`expected trace(name, fn) or trace(name, options, fn); got ${kind}`);
  });

  it('says how to call it when it gets no name', () => {
    const call = () => (client.trace as (...args: any[]) => unknown)(() => 1);
    expect(call).toThrow('name is missing: expected trace(name, fn) or trace(name, options, fn)');
    expect(call).toThrow(expect.objectContaining({ field: 'name' }));
  });

  it('says which types an option has', () => {
    expect(() => client.trace('n', { tags: 1 as never }, () => 1)).toThrow(
      'tags must be an object or a function (got number)',
    );
  });

  it('takes the longest name and description, counted in code points', async () => {
    const [name, description] = ['😀'.repeat(500), '😀'.repeat(10_000)];
    client.trace(name, { description }, () => 1)();
    await client.flush();
    expect(bodies).toMatchObject([{ name, description }]);
  });

  it('takes null for the default', async () => {
    const options = { description: null, autoSend: null, onTrace: null, redact: null };
    expect(client.trace('Null', options, () => 1)()).toBe(1);
    await client.flush();
    expect(bodies).toMatchObject([{ description: 'Auto-traced call to Null' }]);
  });
});
