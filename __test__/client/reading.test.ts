// Interpretations and prompts.
import * as infinium from 'infinium-o2';
import { agentId, agentSecret, failure, sentBody, sequential } from '../support/client';
import { accepted, hang, reply, until } from '../support/http';
import { useServer } from '../support/use';

const server = useServer();
let client: infinium.InfiniumClient;
beforeEach(() => {
  client = sequential(server.url);
});

/** The body that a task becomes. */
const wire = (more: Record<string, unknown>) => sentBody(server, client, more);

describe('interpretations', () => {
  it('are requested once by getInterpretedTaskResult', async () => {
    server.script.push(
      reply(200, { status: 'pending' }),
      reply(404, { message: 'who?' }),
      reply(200, { interpretedTraceResult: { score: 1 } }),
    );
    expect(await client.getInterpretedTaskResult('t 1')).toMatchObject({
      success: false,
      statusCode: 200,
    });
    expect(await client.getInterpretedTaskResult('t 1')).toMatchObject({
      success: false,
      statusCode: 404,
    });
    expect(await client.getInterpretedTaskResult('t 1')).toMatchObject({
      success: true,
      data: { interpretedTraceResult: { score: 1 } },
    });
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: `/api/v1/agents/${agentId}/interpreted-result/t%201`,
    });
    expect(server.seen[0].headers).toMatchObject({
      'x-agent-id': agentId,
      'x-agent-key': agentSecret,
    });
    server.script.push(reply(401));
    expect(await failure(client.getInterpretedTaskResult('t'))).toBeInstanceOf(
      infinium.AuthenticationError,
    );
  });

  it('waits until it is ready', async () => {
    server.script.push(reply(404), reply(200, {}), reply(200, { interpretedTraceResult: {} }));
    expect(
      (await client.waitForInterpretation('t', { timeout: 5_000, pollInterval: 1 })).success,
    ).toBe(true);
    server.script.push(reply(404), reply(200, { interpretedTraceResult: {} }));
    expect((await client.waitForInterpretation('t', 5_000, 1)).success).toBe(true);
  });

  it('says what is known when there is none yet', async () => {
    server.script.push(
      reply(200, { status: 'pending' }),
      reply(200, { message: 'in the queue' }),
      reply(404, { message: 'who?', more: 1 }),
    );
    expect(await client.getInterpretedTaskResult('t')).toEqual({
      success: false,
      statusCode: 200,
      message: 'the interpretation is not ready',
      data: { status: 'pending' },
    });
    expect(await client.getInterpretedTaskResult('t')).toMatchObject({ message: 'in the queue' });
    expect(await client.getInterpretedTaskResult('t')).toMatchObject({
      success: false,
      message: expect.stringContaining('who?'),
      data: { message: 'who?', more: 1 },
    });
  });

  it('are waited for two minutes, polled every three seconds, by default', () => {
    const { readWaitOptions } = require('../../lib/client/arguments');
    const usual = { timeout: 120_000, pollInterval: 3_000 };
    for (const options of [undefined, null, {}, { timeout: null, pollInterval: null }]) {
      expect(readWaitOptions(options)).toMatchObject(usual);
    }
    expect(readWaitOptions(5_000)).toMatchObject({ timeout: 5_000, pollInterval: 3_000 });
    expect(readWaitOptions(5_000, 20)).toMatchObject({ timeout: 5_000, pollInterval: 20 });
    expect(readWaitOptions(undefined, 20)).toMatchObject({ timeout: 120_000, pollInterval: 20 });
  });

  it('are polled every pollInterval', async () => {
    server.answer = reply(404);
    const looks = async (...options: any[]) => {
      server.seen.length = 0;
      await failure((client as any).waitForInterpretation('t', ...options));
      return server.seen.length;
    };
    expect(await looks({ timeout: 300, pollInterval: 10_000 })).toBe(1);
    expect(await looks(300, 10_000)).toBe(1);
    expect(await looks({ timeout: 300, pollInterval: 20 })).toBeGreaterThan(2);
    expect(await looks(300, 20)).toBeGreaterThan(2);
  });

  it('gives up at its deadline, in the middle of an attempt', async () => {
    server.answer = hang;
    const error = await failure(client.waitForInterpretation('t', { timeout: 80 }));
    expect(error).toBeInstanceOf(infinium.TimeoutError);
    expect(error.timeoutDuration).toBe(80);
    await until(() => server.seen[0].dropped);
  });

  it('stops for a signal, and refuses wrong arguments', async () => {
    server.answer = reply(404);
    const controller = new AbortController();
    const waiting = client.waitForInterpretation('t', { signal: controller.signal });
    await until(() => server.seen.length === 1);
    controller.abort('enough');
    expect(await failure(waiting)).toBe('enough');
    expect(await failure(client.waitForInterpretation('t', { timeout: 0 }))).toMatchObject({
      field: 'timeout',
    });
    expect(await failure(client.waitForInterpretation('t', { pollInterval: -1 }))).toMatchObject({
      field: 'pollInterval',
    });
    expect(await failure(client.getInterpretedTaskResult('..'))).toMatchObject({
      field: 'traceId',
    });
  });
});

describe('prompts', () => {
  const prompt = {
    promptId: 'p',
    name: 'Greeting',
    version: 3,
    content: 'Hi {{name}}, {{other}} {{name}}',
    createdAt: 'then',
  };

  it('fetches and renders', async () => {
    server.answer = reply(200, prompt);
    expect(await client.getPrompt('p', 'prompt-key')).toEqual(prompt);
    expect(await client.getPrompt('p', 'prompt-key', 3, { name: 'Ada' })).toEqual({
      ...prompt,
      renderedContent: 'Hi Ada, {{other}} Ada',
    });
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/api/v1/prompts/p/v/latest',
      '/api/v1/prompts/p/v/3',
    ]);
    expect(server.seen[0].headers).toMatchObject({
      'x-prompt-id': 'p',
      'x-prompt-key': 'prompt-key',
    });
    expect(server.seen[0].headers).not.toHaveProperty('x-agent-key');
  });

  it('tries again on 5xx, and refuses wrong arguments', async () => {
    server.script.push(reply(500), reply(200, prompt), reply(404), reply(401));
    expect((await client.getPrompt('p', 'prompt-key', '3')).content).toBe(prompt.content);
    expect(await failure(client.getPrompt('p', 'prompt-key'))).toBeInstanceOf(
      infinium.NotFoundError,
    );
    expect(await failure(client.getPrompt('p', 'prompt-key'))).toBeInstanceOf(
      infinium.AuthenticationError,
    );
    for (const version of [0, -1, 1.5, 'newest', '', {}]) {
      expect(await failure(client.getPrompt('p', 'k-e-y', version as any))).toMatchObject({
        field: 'version',
      });
    }
    expect(await failure(client.getPrompt(5 as any, 'k'))).toMatchObject({ field: 'promptId' });
    expect(await failure(client.getPrompt('p', 'a\nb'))).toMatchObject({
      field: 'promptKey',
      message: expect.not.stringContaining('a\nb'),
    });
    expect(await failure(client.getPrompt('p', 'k', 1, { a: {} as any }))).toMatchObject({
      field: 'variables.a',
    });
  });

  it('renders what variables are as text, and leaves the rest', async () => {
    const content = '{{a_1}} {{b}} {{c}} {{d}} {{e}} {{f}} {{{{b}}}} {{a_1 }} {{$}}';
    server.answer = reply(200, { content });
    const variables: any = { a_1: 'text', b: 5, c: false, d: 10n, e: null, f: undefined };
    const { renderedContent } = await client.getPrompt('p', 'prompt-key', 'latest', variables);
    expect(renderedContent).toBe('text 5 false 10 {{e}} {{f}} {{5}} {{a_1 }} {{$}}');
    const nothing: any = null;
    const plain = await client.getPrompt('p', 'prompt-key', nothing, nothing, nothing);
    expect(plain).not.toHaveProperty('renderedContent');
    expect(server.seen.at(-1)?.url).toBe('/api/v1/prompts/p/v/latest');
    for (const wrong of [['b'], 'b', 5] as any[]) {
      expect(await failure(client.getPrompt('p', 'prompt-key', 1, wrong))).toMatchObject({
        field: 'variables',
      });
    }
  });

  it('finds a prompt wherever the platform puts it', async () => {
    const snake = { prompt_id: 'q', prompt_name: 'n', content: 'c', created_at: 'then' };
    const found = { promptId: 'q', name: 'n', version: 'latest', content: 'c', createdAt: 'then' };
    for (const body of [snake, { data: snake }, { prompt: snake }]) {
      server.script.push(reply(200, body));
      expect(await client.getPrompt('p', 'prompt-key')).toEqual(found);
    }
    server.script.push(reply(200, { content: 'c' }), reply(200, { data: {} }));
    expect(await client.getPrompt('p', 'prompt-key', 3)).toEqual({
      promptId: 'p',
      version: '3',
      content: 'c',
    });
    expect((await failure(client.getPrompt('p', 'prompt-key'))).constructor).toBe(
      infinium.InfiniumError,
    );
  });

  it('asks as itself, for the number that is meant, and never with no key', async () => {
    server.answer = reply(200, prompt);
    await sequential(server.url, { userAgent: 'me/1' }).getPrompt('p', 'prompt-key', '007');
    expect(server.seen[0].url).toBe('/api/v1/prompts/p/v/7');
    expect(server.seen[0].headers['user-agent']).toBe('me/1');
    expect(await failure(client.getPrompt('p', ''))).toMatchObject({ field: 'promptKey' });
    expect(await failure(client.getPrompt('p', 'k', 2 ** 53))).toMatchObject({ field: 'version' });
    expect(await failure(client.getPrompt('.', 'k'))).toMatchObject({ field: 'promptId' });
  });

  it('repeats no key that the platform repeats', async () => {
    server.answer = reply(403, { message: 'bad key prompt-key-1' });
    const error = await failure(client.getPrompt('p', 'prompt-key-1'));
    expect(error.message).toContain('bad key [redacted]');
    expect(JSON.stringify(error.details)).not.toContain('prompt-key-1');
  });

  it('is recorded in the trace that fetched it', async () => {
    server.answer = reply(200, prompt);
    let seen: infinium.TaskData | undefined;
    const onTrace = (data: infinium.TaskData) => {
      seen = data;
    };
    await client.trace('Greet', { onTrace, autoSend: false }, async () => {
      await client.getPrompt('p', 'prompt-key', 3, { name: 'Ada' });
      await client.getPrompt('p', 'prompt-key');
    })();
    server.answer = accepted;
    const body = await wire({ ...seen });
    const use = {
      prompt_id: 'p',
      prompt_name: 'Greeting',
      version: 3,
      source: 'prompt_studio',
      fetched_at: expect.any(String),
    };
    expect(body.prompt_studio).toEqual({
      prompts_used: [
        { ...use, variables_used: ['name'] },
        { ...use, variables_used: null },
      ],
    });
    expect(Object.keys(body).at(-1)).toBe('prompt_studio');
  });
});

it.each(['a\nb', '.\t.', 'a\u0000b', 'x'.repeat(100_000)])(
  'refuses ids that a URL cannot hold',
  async (id) => {
    const client = sequential(server.url);
    for (const [field, call] of [
      ['traceId', () => client.getInterpretedTaskResult(id)],
      ['promptId', () => client.getPrompt(id, 'key')],
    ] as const) {
      expect(await failure(call())).toMatchObject({ name: 'ValidationError', field });
    }
    expect(server.seen).toHaveLength(0);
  },
);

it('refuses a key that is blank, or would lose spaces on the way', async () => {
  for (const key of [' ', ' key']) {
    const error = await failure(sequential(server.url).getPrompt('p', key));
    expect(error).toMatchObject({ name: 'ValidationError', field: 'promptKey' });
  }
});

it('fills in variables of any name', async () => {
  server.script.push(reply(200, { content: '{{__proto__}} {{constructor}}' }));
  const variables = JSON.parse('{"__proto__":"a","constructor":"b"}');
  const { renderedContent } = await sequential(server.url).getPrompt(
    'p',
    'key',
    'latest',
    variables,
  );
  expect(renderedContent).toBe('a b');
});
