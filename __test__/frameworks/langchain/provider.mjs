// A stand-in for OpenAI's API on this machine. It remembers what it was asked.
import { createServer } from 'node:http';

const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 10,
  total_tokens: 30,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 4 },
};

export async function startProvider() {
  /** @type {any[]} */
  const requests = [];
  /** @type {number[]} the status of the next answers, unless it is 200 */
  const statuses = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = JSON.parse(text);
      requests.push(body);
      const status = statuses.shift() ?? 200;
      if (status !== 200) {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: 'busy' } }));
      } else if (body.stream) stream(body, response);
      else complete(body, response);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    statuses,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The answer repeats the question, so that a test can tell answers apart. */
function complete({ messages, model, tools }, response) {
  const last = messages.at(-1);
  const wantsTool = tools?.length > 0 && last.role !== 'tool';
  const [tool] = tools ?? [];
  const call = { name: tool?.function.name, arguments: '{"topic":"x"}' };
  const message = wantsTool
    ? {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: call }],
      }
    : { role: 'assistant', content: `re: ${last.content}` };
  const choice = { index: 0, message, finish_reason: wantsTool ? 'tool_calls' : 'stop' };
  response.setHeader('content-type', 'application/json');
  const about = { id: 'chatcmpl-1', object: 'chat.completion', created: 0, model: `${model}-0613` };
  response.end(JSON.stringify({ ...about, choices: [choice], usage: USAGE }));
}

function stream({ messages, model }, response) {
  response.setHeader('content-type', 'text/event-stream');
  const send = (part) => {
    const about = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model };
    response.write(`data: ${JSON.stringify({ ...about, ...part })}\n\n`);
  };
  for (const word of ['re:', ` ${messages.at(-1).content}`]) {
    send({ choices: [{ index: 0, delta: { content: word }, finish_reason: null }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage: USAGE });
  response.end('data: [DONE]\n\n');
}
