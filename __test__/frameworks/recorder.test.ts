// What integrations are made of: runs, their operations and model calls.
import {
  currentTrace,
  type InfiniumClient,
  type TaskData,
  traceTool,
  ValidationError,
  watch,
} from 'infinium-o2';
import { concurrent } from '../support/client';
import { useServer } from '../support/use';

const { Recorder, locateBy } = require('../../dist/frameworks.js');

const server = useServer();

/** The bodies that the platform got, in their order. */
async function sent(client: InfiniumClient): Promise<any[]> {
  await client.flush();
  return server.seen.map(({ body }) => body);
}

describe('a run without a trace', () => {
  it('becomes a trace of the client, with its operations as steps under their parents', async () => {
    const client = concurrent(server.url);
    const recorder = new Recorder('Framework', client, { captureContent: true });
    const root = recorder.start({ name: 'helper', input: 'question', metadata: { own: 1 } });
    const agent = root.start({ action: 'agent', name: 'writer' });
    const call = agent.startCall({ provider: 'p', model: 'm' });
    call.setInput([{ role: 'user', content: 'hi' }]);
    call.end({
      facts: { promptTokens: 3, toolRequests: [{ name: 'add', id: 'c1', args: {} }] },
      durationMs: 12,
    });
    const tool = agent.start({
      action: 'tool_call',
      name: 'add',
      input: { a: 1 },
      toolCallId: 'c1',
    });
    tool.end({ output: 2, durationMs: 7 });
    agent.end();
    root.end({ output: 'answer' });
    const [task] = await sent(client);
    expect(task).toMatchObject({
      name: 'helper',
      input_summary: 'question',
      output_summary: 'answer',
    });
    expect(task.steps.map((step: any) => [step.action, step.metadata])).toEqual([
      ['execution', { own: 1 }],
      ['agent', undefined],
      ['llm_call', { parent_step: 2 }],
      ['tool_call', { parent_step: 2, tool_call_id: 'c1', requested_by_step: 3 }],
    ]);
    expect(task.steps[2].llm_call).toMatchObject({ model: 'm', prompt_tokens: 3, latency_ms: 12 });
    expect(task.steps[3].tool_call).toMatchObject({
      tool_name: 'add',
      duration_ms: 7,
      input_summary: '{"a":1}',
    });
  });

  it('finds the request of a tool by its arguments, if its id is not known', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, { captureContent: true }).start({ name: 'x' });
    root.setInput('question');
    const toolRequests = [1, 2].map((a) => ({ name: 'add', id: `c${a}`, args: `{"a":${a}}` }));
    root.startCall({ model: 'm' }).end({ facts: { toolRequests } });
    const tools = [{ a: 2 }, { a: 1 }].map((input) =>
      root.start({ action: 'tool_call', name: 'add', input }),
    );
    for (const tool of tools) tool.end();
    const other = root.start({ action: 'retrieval', name: 'other' });
    other.setInput('query');
    other.end();
    root.end();
    const [task] = await sent(client);
    expect(task.input_summary).toBe('question');
    expect(task.steps.slice(2, 4).map((step: any) => step.metadata)).toEqual([
      { tool_call_id: 'c2', requested_by_step: 2 },
      { tool_call_id: 'c1', requested_by_step: 2 },
    ]);
    expect(task.steps[4].input_preview).toBe('query');
  });

  it('has the cost that a framework reports for a run in place of the prices of its calls', async () => {
    const prices = { m: { input: 1, output: 1 } };
    const client = concurrent(server.url, { prices });
    const root = new Recorder('Framework', client, {}).start({ name: 'helper' });
    const [paid, other] = [1, 2].map(() => root.startCall({ model: 'm' }));
    for (const call of [paid, other]) call.end({ facts: { promptTokens: 1_000_000 } });
    paid.payByRun();
    root.addCost(0.25);
    root.end();
    const [task] = await sent(client);
    expect(task.llm_usage.estimated_cost_usd).toBe(1.25);
  });

  it('has no content unless it is asked for', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'helper', input: 'secret' });
    const tool = root.start({ action: 'tool_call', name: 'add', input: 'secret' });
    tool.end({ output: 'secret' });
    const call = root.startCall({ model: 'm' }, { request: { prompt: 'a secret of ours' } });
    call.setInput('secret');
    call.setOutput('secret');
    call.end({ error: new Error('cannot read: a secret of ours') });
    root.end({ output: 'secret' });
    await client.flush();
    expect(server.seen).toHaveLength(1);
    expect(JSON.stringify(server.seen[0].body)).not.toContain('secret');
  });

  it('has the error of a failed run', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'helper' });
    root.start({ action: 'agent', name: 'a' }).end({ error: new RangeError('no') });
    root.end({ error: new RangeError('no') });
    const [task] = await sent(client);
    expect(task.errors).toMatchObject([{ error_type: 'RangeError', message: 'no' }]);
    expect(task.steps[1].error).toMatchObject({ error_type: 'RangeError' });
  });

  it('is not recorded if there is no client either', () => {
    expect(new Recorder('Framework', undefined, {}).start({ name: 'helper' })).toBeUndefined();
  });
});

describe('a run within a trace', () => {
  it('is a step of it', async () => {
    let task: TaskData | undefined;
    const client = concurrent(server.url);
    const onTrace = (seen: TaskData) => {
      task = seen;
    };
    client.trace('T', { onTrace, autoSend: false }, () => {
      const root = new Recorder('Framework', client, {}).start({ name: 'helper' });
      root.run(() => traceTool('inner', () => 1)());
      root.end();
    })();
    expect(
      task?.steps?.slice(1).map((step) => [step.action, step.description, step.metadata]),
    ).toEqual([
      ['agent', 'helper', undefined],
      ['tool_call', 'inner', { parent_step: 2 }],
    ]);
  });
});

describe('a run that is no step', () => {
  it('leaves what it does to the step that runs, and is a trace without one', async () => {
    const client = concurrent(server.url);
    const start = () =>
      new Recorder('Framework', client, {}).start({ name: 'embed', action: null });
    let task: TaskData | undefined;
    const onTrace = (seen: TaskData) => {
      task = seen;
    };
    client.trace('T', { onTrace, autoSend: false }, () => {
      traceTool('outer', () => {
        const run = start();
        run.startCall({ model: 'm' }, { action: 'embedding' }).end();
        run.end({ error: new Error('no') });
      })();
    })();
    expect(task?.steps?.slice(1).map((step) => [step.action, step.metadata])).toEqual([
      ['tool_call', undefined],
      ['embedding', { parent_step: 2 }],
    ]);
    expect(task?.errors ?? []).toEqual([]);
    start().end();
    expect(await sent(client)).toMatchObject([{ name: 'embed' }]);
  });
});

describe('a tool', () => {
  it('answers the request of its own agent, if several have one of that id', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'helper' });
    const agents = ['a', 'b'].map((name) => root.start({ action: 'agent', name }));
    for (const agent of agents) {
      agent.startCall({ toolRequests: [{ name: 'add', id: 'same', args: {} }] }).end();
    }
    agents[0].start({ action: 'tool_call', name: 'add', toolCallId: 'same' }).end();
    root.end();
    const [task] = await sent(client);
    expect(task.steps.at(-1).metadata).toMatchObject({ parent_step: 2, requested_by_step: 4 });
  });
});

describe('a call of a model', () => {
  const model = () => {
    const doGenerate = async () => ({ usage: { inputTokens: 4, outputTokens: 2 } });
    return watch({ specificationVersion: 'v2', modelId: 'm', doGenerate, doStream: doGenerate });
  };

  it('is that of a watched client within it, until the answer has begun', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'helper' });
    const taken = root.startCall({ model: 'm' });
    await taken.run(() => model().doGenerate());
    expect(taken.isWatched).toBe(true);
    const open = root.startCall({ model: 'm' });
    open.answered();
    await open.run(() => model().doGenerate());
    expect(open.isWatched).toBe(false);
    root.end();
    const [task] = await sent(client);
    expect(task.steps.slice(1).map((step: any) => step.llm_call.prompt_tokens ?? null)).toEqual([
      4,
      null,
      4,
    ]);
  });

  it('hides what an error repeats of an answer that must not be recorded', async () => {
    const client = concurrent(server.url);
    const recorder = new Recorder('Framework', client, { captureContent: true });
    const root = recorder.start({ name: 'helper', content: { output: false } });
    root.startCall({ model: 'm' }).end({ error: new Error('cannot parse: a secret') });
    root.end();
    await client.flush();
    expect(JSON.stringify(server.seen[0].body)).not.toContain('secret');
  });
});

it('has the purpose of a call that embeds', async () => {
  const client = concurrent(server.url);
  const root = new Recorder('Framework', client, {}).start({ name: 'r' });
  root.startCall({ model: 'm' }, { action: 'embedding' }).end();
  root.end();
  const [task] = await sent(client);
  expect(task.steps[1]).toMatchObject({
    action: 'embedding',
    llm_call: { model: 'm', purpose: 'embedding' },
  });
});

describe('without content, the error of a run and its steps', () => {
  const parts: [string, (root: any) => void][] = [
    ['a request', (root) => root.startCall({}, { request: 'something secret' }).end()],
    ['an answer', (root) => root.startCall({}).keepSecret({ text: 'something secret' })],
    [
      'what a model gives to a tool',
      (root) => root.startCall({ toolRequests: [{ name: 'x', args: { a: 'something secret' } }] }),
    ],
  ];
  it.each(parts)('does not repeat %s', async (_name, hold) => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'helper' });
    hold(root);
    const error = new RangeError('cannot parse: something secret');
    root.start({ action: 'node', name: 'n' }).end({ error });
    root.end({ error });
    const [task] = await sent(client);
    expect(task.steps.at(-1).error).toMatchObject({ error_type: 'RangeError' });
    expect(task.errors).toMatchObject([{ error_type: 'RangeError', message: 'RangeError' }]);
    expect(JSON.stringify(task)).not.toContain('secret');
  });

  it('does not repeat what went into it', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'r', input: 'our question' });
    const input = { city: 'a secret city' };
    const error = new RangeError('there is no a secret city');
    root.start({ action: 'tool_call', name: 'find', input }).end({ error });
    root.end({ error: new Error('cannot read our question') });
    const [task] = await sent(client);
    expect(task.steps[1].tool_call.error).toMatchObject({ message: 'RangeError' });
    expect(task.errors).toMatchObject([{ message: 'Error' }]);
  });

  it('does not repeat what cannot be parsed', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'r' });
    const error = new SyntaxError('Unexpected token s, "something secret" is not valid JSON');
    root.startCall({ model: 'm' }).end({ error });
    root.end({ error });
    const [task] = await sent(client);
    expect(task.errors).toMatchObject([{ error_type: 'SyntaxError', message: 'SyntaxError' }]);
    expect(JSON.stringify(task)).not.toContain('secret');
  });

  it('says what is wrong otherwise', async () => {
    const client = concurrent(server.url);
    const root = new Recorder('Framework', client, {}).start({ name: 'r', input: 'our question' });
    root.end({ error: new Error('the disk is full') });
    expect((await sent(client))[0].errors).toMatchObject([{ message: 'the disk is full' }]);
  });
});

describe('a framework that keeps a context of its own', () => {
  it('is asked which operation runs here', () => {
    const client = concurrent(server.url);
    let here: any;
    locateBy(() => here);
    let task: TaskData | undefined;
    const onTrace = (seen: TaskData) => {
      task = seen;
    };
    const inner = traceTool('inner', () => currentTrace()?.step('own', 'own').end());
    client.trace('T', { onTrace, autoSend: false }, () => {
      here = new Recorder('Framework', client, {}).start({ name: 'helper' });
      inner();
      here.end();
      here = undefined;
      inner();
    })();
    expect(task?.steps?.slice(1).map((step) => [step.description, step.metadata])).toEqual([
      ['helper', undefined],
      ['inner', { parent_step: 2 }],
      ['own', { parent_step: 3 }],
      ['inner', undefined],
      ['own', { parent_step: 5 }],
    ]);
  });

  it.each([
    ['first', 0],
    ['last', 1],
  ])('is within another one that was added %s', async (_order, place) => {
    const client = concurrent(server.url);
    const here: any[] = [];
    locateBy(() => here[0]);
    locateBy(() => here[1]);
    const inner = traceTool('inner', () => 1);
    const trace = new Recorder('Outer', client, {}).start({ name: 'outer' });
    here[place] = trace.start({ action: 'tool_call', name: 'tool' });
    const run = new Recorder('Inner', client, {}).start({ name: 'run' });
    here[1 - place] = run;
    inner();
    run.end();
    here.length = 0;
    trace.end();
    const [task] = await sent(client);
    expect(task.steps.map(({ metadata }: any) => metadata?.parent_step)).toEqual([
      undefined,
      undefined,
      2,
      3,
    ]);
  });
});

it('refuses what is no client', () => {
  expect(() => new Recorder('Framework', { trace() {} }, {})).toThrow(ValidationError);
  const client = concurrent(server.url);
  expect(() => new Recorder('Framework', { client }, {})).toThrow(
    'client must be an InfiniumClient or AsyncInfiniumClient (got object: pass the client itself, and options after it)',
  );
  expect(() => new Recorder('Framework', undefined, client)).toThrow(
    'options must be an object such as { client } (got a client)',
  );
  expect(() => new Recorder('Framework', undefined, { captureContent: 'yes' })).toThrow(
    /captureContent/,
  );
});
