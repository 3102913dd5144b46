// A model on this machine that speaks OpenAI's Responses API and its chat API.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @typedef {{ name: string, args: object, id: string }} Tool
 * @typedef {{ text?: string, tools?: Tool[], status?: number, message?: string, until?: Promise<unknown>,
 *   breaks?: boolean, input?: number, output?: number, cached?: number, reasoning?: number }} Answer
 */

/**
 * @param {(body: any, index: number) => Answer} answer what the model says to a request
 */
export async function startModel(answer) {
  /** What was asked and answered, in the order of the requests. @type {{ body: any, id: string, said: Answer }[]} */
  const calls = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    const said = answer(body, calls.length);
    const id = `answer_${calls.length + 1}`;
    calls.push({ body, id, said });
    const write = body.messages ? writeChat : writeResponse;
    await write(response, body, id, said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    calls,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What was put into a request, in either API. */
export function itemsOf(body) {
  const items = body.messages ?? body.input;
  return typeof items === 'string' ? [{ role: 'user', content: items }] : items;
}

/** Whether the last item is the result of a tool. */
export function hasResult(body) {
  const last = itemsOf(body).at(-1);
  return last.type === 'function_call_output' || last.role === 'tool';
}

const fail = (response, { status, message }) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', code: null } }));
};

async function writeResponse(response, body, id, said) {
  const { text, tools = [], input = 10, output = 5, cached = 0, reasoning = 0 } = said;
  if (said.status) return fail(response, said);
  const items = [
    ...tools.map(({ name, args, id: callId }) => ({
      type: 'function_call',
      id: `fc_${callId}`,
      call_id: callId,
      name,
      arguments: JSON.stringify(args),
      status: 'completed',
    })),
    ...(text === undefined
      ? []
      : [
          {
            id: `msg_${id}`,
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ]),
  ];
  const whole = {
    id,
    object: 'response',
    created_at: 1,
    model: `${body.model}-served`,
    status: 'completed',
    temperature: body.temperature ?? 1,
    output: items,
    usage: {
      input_tokens: input,
      output_tokens: output,
      total_tokens: input + output,
      input_tokens_details: { cached_tokens: cached },
      output_tokens_details: { reasoning_tokens: reasoning },
    },
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: body.tools ?? [],
  };
  if (!body.stream) {
    await said.until;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(whole));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (type, more) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  send('response.created', { response: { ...whole, status: 'in_progress', output: [] } });
  for (const [index, item] of items.entries()) {
    send('response.output_item.added', { output_index: index, item });
    if (item.type === 'message') {
      for (const delta of item.content[0].text.match(/.{1,4}/g) ?? []) {
        send('response.output_text.delta', { output_index: index, item_id: item.id, delta });
      }
    }
    await said.until;
    if (said.breaks) return response.destroy();
    send('response.output_item.done', { output_index: index, item });
  }
  send('response.completed', { response: whole });
  response.end();
}

async function writeChat(response, body, id, said) {
  const { text = null, tools = [], input = 10, output = 5, cached = 0, reasoning = 0 } = said;
  if (said.status) return fail(response, said);
  const toolCalls = tools.map(({ name, args, id: callId }, index) => ({
    index,
    id: callId,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
  const base = { id, created: 1, model: `${body.model}-served` };
  const finish = tools.length > 0 ? 'tool_calls' : 'stop';
  const message = {
    role: 'assistant',
    content: text,
    ...(tools.length > 0 && { tool_calls: toolCalls }),
  };
  await said.until;
  if (!body.stream) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const choices = [{ index: 0, message, finish_reason: finish }];
    response.end(JSON.stringify({ ...base, object: 'chat.completion', choices, usage }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (choices, more) =>
    response.write(
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
    );
  send([{ index: 0, delta: message }]);
  send([{ index: 0, delta: {}, finish_reason: finish }]);
  send([], { usage });
  response.end('data: [DONE]\n\n');
}
