import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { AsyncInfiniumClient, setupLogging, ValidationError } from 'infinium-o2';

// They look inside of it, so it must be the modules that are put together when it is built.
jest.mock('infinium-o2', () => jest.requireActual('../lib/index'));
const { current } = require('../lib/trace/context');

let server: Server;
let url: string;
let bodies: any[];
let status: number;
let client: AsyncInfiniumClient;

const connect = (more = {}) =>
  new AsyncInfiniumClient({
    agentId: 'agent-1',
    agentSecret: 'secret-12345',
    baseUrl: url,
    enableRateLimiting: false,
    maxRetries: 0,
    ...more,
  });

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{"traceId":"t"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  bodies = [];
  status = 200;
  client = connect();
});

afterEach(async () => {
  await client.close();
  setupLogging(true, 'WARN');
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
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

  it('stays what it is when it is a generator or a class', () => {
    class Class {}
    function* generator() {}
    async function* asyncGenerator() {}
    const functions: any[] = [Class, generator, asyncGenerator];
    for (const fn of functions) expect(client.trace('x', fn)).toBe(fn);
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

  it('tells why it was rejected', async () => {
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

  it('is told of as it is asked for: parsed, or with its response', async () => {
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

describe('the trace', () => {
  it('tells input, output, duration and the execution', async () => {
    await client.trace('Add', async (a: number, b: number) => a + b)(1, 2);
    await client.flush();
    expect(bodies).toMatchObject([
      {
        name: 'Add',
        input_summary: '[1,2]',
        output_summary: '3',
        steps: [
          { step_number: 1, action: 'execution', description: 'Execute Add', output_preview: '3' },
        ],
        environment: { node_version: process.versions.node },
      },
    ]);
    expect(bodies[0].duration).toBeGreaterThanOrEqual(0);
    expect(bodies[0]).not.toHaveProperty('llm_usage');
    expect(bodies[0]).not.toHaveProperty('errors');
  });

  it('cuts the summaries to 3000 and 8000 characters, the preview to 1500', async () => {
    client.trace('Long', (_text: string) => 'o'.repeat(20_000))('i'.repeat(20_000));
    await client.flush();
    const [{ input_summary, output_summary, steps }] = bodies;
    const lengths = [input_summary, output_summary, steps[0].output_preview].map((t) => t.length);
    expect(lengths).toEqual([3000, 8000, 1500]);
  });

  it('cuts messages of errors to 10,000 characters, of LLM calls to 1000, and stacks to 1000', async () => {
    const error = Object.assign(new Error('m'.repeat(20_000)), { stack: 's'.repeat(20_000) });
    const fail = () => {
      current().startCall({}).fail(error);
      throw error;
    };
    expect(client.trace('Fail', fail)).toThrow();
    await client.flush();
    const lengths = [bodies[0].errors[0], bodies[0].steps[1].error].map((error) => [
      error.message.length,
      error.stack_trace.length,
    ]);
    expect(lengths).toEqual([
      [10_000, 1000],
      [1000, 1000],
    ]);
  });

  it('is plain data, in whole milliseconds', async () => {
    let task: any;
    const onTrace = (given: unknown) => {
      task = given;
    };
    await client.trace('Plain', { onTrace }, async () => {
      const call = current().startCall({ model: 'a', completionTokens: 2 });
      await new Promise((resolve) => setTimeout(resolve, 3));
      call.end();
    })();
    expect(task).toStrictEqual(JSON.parse(JSON.stringify(task)));
    expect(Number.isInteger(task.steps[0].durationMs)).toBe(true);
    expect(task.steps[1]).not.toHaveProperty('metadata');
    expect(task.llmUsage).toMatchObject({ completionTokens: 2, totalTokens: 2 });
    expect(task.llmUsage).not.toHaveProperty('promptTokens');
  });

  it('has the arguments as they were when the function was called', async () => {
    client.trace('Change', (list: number[]) => void list.push(2))([1]);
    await client.flush();
    expect(bodies).toMatchObject([{ input_summary: '[1]' }]);
  });

  it('tells the calls of models in order of their start, with totals', async () => {
    await client.trace('Ask', async () => {
      const first = current().startCall({ provider: 'openai', model: 'a', temperature: 0 });
      const second = current().startCall({ provider: 'google' });
      await null;
      second.fail(new RangeError('busy'));
      first.update({ promptTokens: 3, completionTokens: 4, toolCalls: ['look_up'] });
      first.end();
    })();
    await client.flush();
    expect(bodies[0].steps.slice(1)).toMatchObject([
      {
        step_number: 2,
        action: 'llm_call',
        description: 'openai/a',
        llm_call: { model: 'a', prompt_tokens: 3, completion_tokens: 4, temperature: 0 },
        metadata: { toolCalls: ['look_up'] },
      },
      { step_number: 3, description: 'google/unknown', error: { error_type: 'RangeError' } },
    ]);
    expect(Number.isInteger(bodies[0].steps[1].llm_call.latency_ms)).toBe(true);
    expect(bodies[0].llm_usage).toMatchObject({
      model: 'multiple',
      provider: 'multiple',
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
      api_calls_count: 2,
    });
    expect(bodies[0].llm_usage.calls).toHaveLength(2);
    expect(bodies[0]).not.toHaveProperty('errors');
  });

  it('names model and provider of a single call', async () => {
    client.trace('Ask', () => current().startCall({ provider: 'openai', model: 'a' }).end())();
    await client.flush();
    expect(bodies[0].llm_usage).toMatchObject({ model: 'a', provider: 'openai' });
  });

  it('tells the prompts that were fetched', async () => {
    const prompt = {
      promptId: 'p',
      promptName: 'n',
      version: 2,
      variablesUsed: null,
      fetchedAt: 'x',
    };
    client.trace('Ask', () => current().recordPrompt(prompt))();
    await client.flush();
    expect(bodies[0].prompt_studio).toEqual({
      prompts_used: [
        {
          prompt_id: 'p',
          prompt_name: 'n',
          version: 2,
          source: 'prompt_studio',
          variables_used: null,
          fetched_at: 'x',
        },
      ],
    });
  });

  it('never mixes 200 concurrent nested traces with interleaved calls', async () => {
    const inner = client.trace('Inner', async (id: number) => {
      const call = current().startCall({ provider: 'p', model: `inner-${id}` });
      await new Promise((resolve) => setImmediate(resolve));
      call.end();
    });
    const outer = client.trace('Outer', async (id: number) => {
      const call = current().startCall({ provider: 'p', model: `outer-${id}` });
      await Promise.all([inner(id), new Promise((resolve) => setTimeout(resolve, id % 5))]);
      current()
        .startCall({ provider: 'p', model: `outer-${id}` })
        .end();
      call.end();
    });
    await Promise.all(Array.from({ length: 200 }, (_, id) => outer(id)));
    await client.flush();
    expect(bodies).toHaveLength(400);
    for (const body of bodies) {
      const model = `${body.name.toLowerCase()}-${body.input_summary}`;
      const models = body.llm_usage.calls.map((call: any) => call.model);
      expect(models).toEqual(body.name === 'Inner' ? [model] : [model, model]);
    }
  });

  it('arrives when the arguments cannot be read and the result is huge', async () => {
    const bad = {
      toJSON() {
        throw undefined;
      },
    };
    const huge = Buffer.alloc(50e6, 97).toString('latin1');
    expect(client.trace('Huge', (_value: unknown) => huge)(bad)).toBe(huge);
    await client.flush();
    expect(bodies).toHaveLength(1);
    expect(bodies[0].output_summary).toHaveLength(8000);
  });
});

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

describe('sending in the background', () => {
  it('delivers 1,000 traces before flush resolves', async () => {
    const traced = client.trace('Many', (id: number) => id);
    for (let id = 0; id < 1_000; id += 1) traced(id);
    await client.flush();
    expect(new Set(bodies.map((body) => body.output_summary)).size).toBe(1_000);
  });

  it('logs a failing send when the client logs, and never rejects', async () => {
    status = 422;
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    setupLogging(true, 'INFO', { debug() {}, info() {}, warn: write, error: write });
    const loud = connect({ enableLogging: true, logLevel: 'ERROR' });
    expect(await loud.trace('Refused', async () => 1)()).toBe(1);
    expect(await client.trace('Silent', async () => 1)()).toBe(1);
    await Promise.all([loud.flush(), client.flush()]);
    await loud.close();
    expect(lines.join()).toContain('Refused');
    expect(lines.join()).not.toContain('Silent');
    expect(lines.join()).not.toContain('secret-12345');
  });

  it('keeps the process alive until a trace is delivered', async () => {
    const { code } = await script(`client.trace('Last', () => 1)();`);
    expect(code).toBe(0);
    expect(bodies).toMatchObject([{ name: 'Last' }]);
  });
});

describe('a rejection that nobody handles', () => {
  it.each([
    ['an async function', 'async () => { throw new Error("lost") }'],
    ['a function that returns a promise', '() => Promise.reject(new Error("lost"))'],
  ])('is reported once when it is of %s', async (_title, fn) => {
    const { output } = await script(`
      let count = 0;
      process.on('unhandledRejection', () => { count += 1; });
      client.trace('Lost', ${fn})();
      setImmediate(() => setImmediate(() => console.log('unhandled', count)));
    `);
    expect(output).toContain('unhandled 1');
  });

  it('is not reported when the caller handles it', async () => {
    const { output } = await script(`
      let count = 0;
      process.on('unhandledRejection', () => { count += 1; });
      client.trace('Found', async () => { throw new Error('found') })().catch(() => {});
      setImmediate(() => setImmediate(() => console.log('unhandled', count)));
    `);
    expect(output).toContain('unhandled 0');
  });
});

/** Runs a script with a client in a process of its own. */
async function script(code: string): Promise<{ code: number | null; output: string }> {
  const setUp = `
    const { AsyncInfiniumClient } = require(${JSON.stringify(path.resolve(__dirname, '..'))});
    const client = new AsyncInfiniumClient({
      agentId: 'agent-1', agentSecret: 'secret-12345', baseUrl: ${JSON.stringify(url)},
    });
  `;
  const child = spawn(process.execPath, ['-e', setUp + code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const ended = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code: ended, output };
}
