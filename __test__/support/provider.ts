// A stand-in for the LLM providers: real HTTP on this machine, in the wire formats of all of them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Provider {
  url: string;
  /** The requests, in order. */
  requests: { path: string; body: any }[];
  /** Gives the usual answer. */
  usual(request: { path: string; body: any }, response: ServerResponse): void;
  /** What the next answers are in place of the usual ones; a function may write anything. */
  script: ((response: ServerResponse, request: { path: string; body: any }) => void)[];
  stop(): Promise<void>;
}

const chatUsage = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const toolCalls = [
  { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
];

function sse(response: ServerResponse, events: [string | undefined, unknown][]): unknown {
  response.setHeader('content-type', 'text/event-stream');
  for (const [event, data] of events) {
    if (event) response.write(`event: ${event}\n`);
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
  return response.end();
}

function json(response: ServerResponse, value: unknown): unknown {
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify(value));
}

function chat(body: any, response: ServerResponse): unknown {
  const base = { id: 'chat-1', created: 0, model: `${body.model}-2026` };
  const last = body.messages.at(-1);
  const asks = body.tools && last.role === 'user';
  const content = body.response_format ? '{"city":"Paris"}' : 'Hello world';
  if (body.stream) {
    const chunk = (delta: object, rest = {}) =>
      [
        undefined,
        {
          ...base,
          object: 'chat.completion.chunk',
          choices: [{ index: 0, delta, finish_reason: null }],
          ...rest,
        },
      ] as [undefined, object];
    return sse(response, [
      chunk({ role: 'assistant', content: 'Hello ' }),
      chunk({ content: 'world' }),
      [
        undefined,
        {
          ...base,
          object: 'chat.completion.chunk',
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        },
      ],
      ...(body.stream_options?.include_usage
        ? [
            [
              undefined,
              { ...base, object: 'chat.completion.chunk', choices: [], usage: chatUsage },
            ] as [undefined, object],
          ]
        : []),
      [undefined, '[DONE]'],
    ]);
  }
  const message = asks
    ? { role: 'assistant', content: null, tool_calls: toolCalls, refusal: null }
    : { role: 'assistant', content, refusal: null };
  return json(response, {
    ...base,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: asks ? 'tool_calls' : 'stop', logprobs: null }],
    usage: chatUsage,
  });
}

function responses(body: any, response: ServerResponse): unknown {
  const part = { type: 'output_text', text: 'Hello world', annotations: [], logprobs: [] };
  const message = {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [part],
  };
  const whole = {
    id: 'resp-1',
    object: 'response',
    created_at: 0,
    status: 'completed',
    model: `${body.model}-2026`,
    output: [message],
    usage: {
      input_tokens: 11,
      output_tokens: 7,
      total_tokens: 18,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens_details: { reasoning_tokens: 2 },
    },
  };
  if (!body.stream) return json(response, whole);
  const at = { item_id: 'm1', output_index: 0, content_index: 0 };
  const events: any[] = [
    {
      type: 'response.created',
      response: { ...whole, status: 'in_progress', output: [], usage: null },
    },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...at, delta: 'Hello ', logprobs: [] },
    { type: 'response.output_text.delta', ...at, delta: 'world', logprobs: [] },
    { type: 'response.output_text.done', ...at, text: 'Hello world', logprobs: [] },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.completed', response: whole },
  ];
  return sse(
    response,
    events.map((event, index) => [event.type, { ...event, sequence_number: index }]),
  );
}

function messages(body: any, response: ServerResponse): unknown {
  const usage = {
    input_tokens: 11,
    output_tokens: 7,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 1,
  };
  const asks = body.tools && body.messages.length === 1;
  const content = asks
    ? [{ type: 'tool_use', id: 't1', name: 'get_weather', input: { city: 'Paris' } }]
    : [{ type: 'text', text: 'Hello world', citations: null }];
  const whole = {
    id: 'msg-1',
    type: 'message',
    role: 'assistant',
    model: `${body.model}-2026`,
    content,
    stop_reason: asks ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage,
  };
  if (!body.stream) return json(response, whole);
  const events: any[] = [
    {
      type: 'message_start',
      message: { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello ' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'world' } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 7 },
    },
    { type: 'message_stop' },
  ];
  return sse(
    response,
    events.map((event) => [event.type, event]),
  );
}

function gemini(path: string, response: ServerResponse): unknown {
  const model = /models\/([^:]+):/.exec(path)?.[1];
  const part = (text: string) => ({
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }],
    modelVersion: `${model}-2026`,
  });
  const usageMetadata = {
    promptTokenCount: 11,
    candidatesTokenCount: 7,
    totalTokenCount: 18,
    cachedContentTokenCount: 3,
    thoughtsTokenCount: 2,
  };
  if (!path.includes('streamGenerateContent'))
    return json(response, { ...part('Hello world'), usageMetadata });
  return sse(response, [
    [undefined, part('Hello ')],
    [undefined, { ...part('world'), usageMetadata }],
  ]);
}

function answer(url: string, body: any, response: ServerResponse): unknown {
  const [path] = url.split('?');
  if (path.endsWith('/chat/completions')) return chat(body, response);
  if (path.endsWith('/responses')) return responses(body, response);
  if (path.includes('/v1/messages')) return messages(body, response);
  return gemini(path, response);
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** Starts a stand-in on a free port. */
export async function startProvider(): Promise<Provider> {
  const provider: Pick<Provider, 'requests' | 'script'> = { requests: [], script: [] };
  const server = createServer(async (request, response) => {
    // Clients return the headers, and two equal answers may be a second apart.
    response.sendDate = false;
    const text = await read(request);
    // Uploads are forms.
    const isJson = request.headers['content-type']?.includes('json');
    const seen = { path: request.url ?? '', body: isJson && text ? JSON.parse(text) : undefined };
    provider.requests.push(seen);
    const scripted = provider.script.shift();
    if (scripted) scripted(response, seen);
    else answer(seen.path, seen.body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(provider, {
    usual: (request: { path: string; body: any }, response: ServerResponse) => {
      answer(request.path, request.body, response);
    },
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
