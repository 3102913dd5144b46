// Clients of the Model Context Protocol: what they do in a trace is a step of it, and their servers can join it.
import {
  answerWith,
  traced,
  traceTool,
  useProvider,
  watch,
  watchedOpenAI,
} from '../support/watching';
import { CONNECTIONS, type Connect, type Connection } from './mcp-servers';

const use = useProvider();
const weather = { name: 'get_weather', arguments: { city: 'Paris' } };
const failing = { name: 'fail', arguments: { city: 'Paris' } };
const resource = { uri: 'memo://paris' };
const prompt = { name: 'greet', arguments: { who: 'Ada' } };

/** Those that are open: a process with one of them would not end. */
const connections: Connection[] = [];

async function open(connect: Connect, handler?: Parameters<Connect>[0]): Promise<Connection> {
  const connection = await connect(handler);
  connections.push(connection);
  return connection;
}

afterEach(async () => {
  for (const each of connections.splice(0)) await each.close();
});

const describeError = (error: any) => [error.constructor.name, error.message, error.code];
const uses: [string, (client: any) => Promise<unknown>][] = [
  ['a tool', (client) => client.callTool(weather)],
  ['a tool that fails', (client) => client.callTool(failing)],
  [
    'a tool that does not exist',
    (client) => client.callTool({ name: 'none' }).catch(describeError),
  ],
  ['a call without parameters', (client) => client.callTool().catch(describeError)],
  ['a resource', (client) => client.readResource(resource)],
  [
    'a resource that does not exist',
    (c) => c.readResource({ uri: 'memo://x' }).catch(describeError),
  ],
  ['a prompt', (client) => client.getPrompt(prompt)],
  ['a list of tools', async (client) => (await client.listTools()).tools.length],
  [
    'what the client looks like',
    async (client) => [client.callTool.name, client.callTool.length, Object.keys(client).length],
  ],
];

describe.each(CONNECTIONS)('%s', (_name, connect) => {
  let connection: Connection;
  let client: any;
  beforeEach(async () => {
    connection = await open(connect);
    client = connection.client;
  });

  /** The steps after the first. */
  async function stepsOf(run: () => unknown): Promise<any[]> {
    const { steps } = await traced(run);
    return steps?.slice(1) ?? [];
  }

  it.each(uses)('behaves the same when watched: %s', async (_use, run) => {
    const expected = await run(client);
    expect(watch(client)).toBe(client);
    const outside = await run(client);
    const metas = connection.metas.splice(0);
    let inside: unknown;
    await traced(async () => {
      inside = await run(client);
    });
    expect(outside).toEqual(expected);
    expect(inside).toEqual(expected);
    // Outside of a trace nothing is added.
    expect(JSON.stringify(metas)).not.toContain('traceparent');
  });

  it('records calls of tools, resources and prompts', async () => {
    watch(client);
    const steps = await stepsOf(async () => {
      await client.callTool(weather);
      await client.readResource(resource);
      await client.getPrompt(prompt);
      await client.listTools();
    });
    const server = { mcp_server_name: 'weather', mcp_server_version: '3.2.1' };
    expect(steps).toMatchObject([
      {
        action: 'tool_call',
        description: 'get_weather',
        toolCall: { toolName: 'get_weather', durationMs: expect.any(Number) },
        metadata: server,
      },
      { action: 'retrieval', description: 'readResource', metadata: server },
      { action: 'get_prompt', description: 'greet', metadata: server },
    ]);
    expect(JSON.stringify(steps)).not.toMatch(/Paris|paris|Ada/);
    expect(steps[0].metadata.mcp_session_id).toBe(client.transport.sessionId);
  });

  it('records content if asked to', async () => {
    watch(client, { captureContent: true });
    const steps = await stepsOf(async () => {
      await client.callTool(weather);
      await client.readResource(resource);
      await client.getPrompt(prompt);
    });
    expect(steps).toMatchObject([
      { toolCall: { inputSummary: '{"city":"Paris"}', outputSummary: 'sunny in Paris' } },
      {
        description: 'memo://paris',
        inputPreview: 'memo://paris',
        outputPreview: 'a page about Paris',
      },
      { inputPreview: '{"who":"Ada"}', outputPreview: 'Greet Ada' },
    ]);
  });

  it('tells servers the trace, which all steps have in common', async () => {
    watch(client);
    const steps = await stepsOf(async () => {
      await client.callTool(weather);
      await client.readResource(resource);
      await client.getPrompt(prompt);
    });
    const ids = steps.map(({ metadata }) => metadata);
    expect(connection.metas.map(({ traceparent }) => traceparent)).toEqual(
      ids.map(({ trace_id, span_id }) => `00-${trace_id}-${span_id}-01`),
    );
    expect(new Set(ids.map(({ trace_id }) => trace_id)).size).toBe(1);
    expect(new Set(ids.map(({ span_id }) => span_id)).size).toBe(3);
    expect(ids[0]).toMatchObject({
      trace_id: expect.stringMatching(/^[\da-f]{32}$/),
      span_id: expect.stringMatching(/^[\da-f]{16}$/),
    });
    const [other] = await stepsOf(() => client.callTool(weather));
    expect(other.metadata.trace_id).not.toBe(ids[0].trace_id);
  });

  it('keeps the parameters of the caller as they are', async () => {
    watch(client);
    const params = Object.freeze({ ...weather, _meta: Object.freeze({ own: 1 }) });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const steps = await stepsOf(async () => {
      await client.callTool(params);
      await client.callTool({ ...weather, _meta: { traceparent } });
      await client.callTool({ ...weather, _meta: { traceparent: 'other' } });
    });
    expect(params).toEqual({ ...weather, _meta: { own: 1 } });
    expect(connection.metas).toMatchObject([
      { own: 1, traceparent: expect.stringMatching(/^00-/) },
      { traceparent },
      { traceparent: 'other' },
    ]);
    expect(steps[1].metadata).toMatchObject({ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) });
    expect(steps[2].metadata).not.toHaveProperty('trace_id');
  });

  it('records a tool that reports an error', async () => {
    watch(client);
    const [step] = await stepsOf(() => client.callTool(failing));
    const error = { errorType: 'ToolError', message: 'the tool reports an error' };
    expect(step.toolCall).toMatchObject({ toolName: 'fail', error });
  });

  it('records what a tool reports if asked to', async () => {
    watch(client, { captureContent: true });
    const [step] = await stepsOf(() => client.callTool(failing));
    expect(step.toolCall.error.message).toBe('no weather in Paris');
  });

  it('records errors of the protocol, without what was asked for', async () => {
    watch(client);
    let thrown: any;
    const [step] = await stepsOf(async () => {
      thrown = await client.readResource({ uri: 'memo://secret-page' }).catch((e: unknown) => e);
    });
    expect(thrown.message).toContain('secret-page');
    expect(step.error).toMatchObject({ errorType: thrown.name, errorCode: String(thrown.code) });
    expect(JSON.stringify(step)).not.toContain('secret');
  });

  it('records a connection that is closed, and leaves no rejection unhandled', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    try {
      watch(client);
      await client.close();
      const [step] = await stepsOf(() => client.callTool(weather).catch(() => 'handled'));
      expect(step.toolCall.error.message).toBe('Not connected');
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('records which LLM call has asked for a tool', async () => {
    watch(client);
    const tool = { name: 'get_weather', arguments: '{"city":"Paris"}' };
    answerWith(use.provider, {
      choices: [{ message: { tool_calls: [{ id: 'c1', type: 'function', function: tool }] } }],
    });
    const openai = watchedOpenAI(use.provider);
    const steps = await stepsOf(async () => {
      await openai.chat.completions.create({ model: 'some-model', messages: [] });
      await client.callTool(weather);
    });
    expect(steps[1].metadata).toMatchObject({ tool_call_id: 'c1', requested_by_step: 2 });
  });

  it('records a call once, and also of a sealed client', async () => {
    watch(watch(client));
    expect(await stepsOf(() => client.callTool(weather))).toHaveLength(1);
    const sealed = await open(connect);
    watch(Object.seal(sealed.client));
    expect(await stepsOf(() => sealed.client.callTool(weather))).toHaveLength(1);
    expect(sealed.metas[0].traceparent).toMatch(/^00-/);
  });
});

describe.each(CONNECTIONS)('a server for %s', (_name, connect) => {
  it('may have handlers that are tools of traceTool', async () => {
    const args: any[] = [];
    const handler = traceTool('lookup', async (given: any, context: any) => {
      args.push(given, typeof context);
      return { content: [{ type: 'text', text: 'sunny' }] };
    });
    const served: any[] = [];
    // A server in another process has its own traces.
    const connection = await open(connect, async (given, context) => {
      let result: unknown;
      const task = await traced(async () => {
        result = await handler(given, context);
      });
      served.push(task.steps?.[1]);
      return result;
    });
    const plain = await open(connect, handler);
    for (const { client } of [connection, plain]) {
      expect(await client.callTool(weather)).toMatchObject({ content: [{ text: 'sunny' }] });
    }
    expect(args).toEqual([{ city: 'Paris' }, 'object', { city: 'Paris' }, 'object']);
    expect(served).toMatchObject([{ action: 'tool_call', toolCall: { toolName: 'lookup' } }]);
  });
});
