// A stand-in for OpenAI's API on this machine, so that the examples need no key and cost nothing.
// It answers chat completions, streamed or not, and asks for the tool `look_up` if it is offered.
import { createServer } from 'node:http';

const USAGE = { prompt_tokens: 42, completion_tokens: 12, total_tokens: 54 };

/**
 * Starts the stand-in.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} the base URL for an OpenAI client
 */
export async function startFakeProvider() {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => answer(JSON.parse(text), response));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {any} request
 * @param {import('node:http').ServerResponse} response
 */
function answer(request, response) {
  const last = request.messages.at(-1);
  const wantsTool = request.tools?.length > 0 && last.role === 'user';
  const content = `You said: ${last.content}`;
  if (request.stream) return stream(request, content, response);
  const message = wantsTool
    ? { role: 'assistant', content: null, tool_calls: [toolCall(last.content)] }
    : { role: 'assistant', content };
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 0,
      model: request.model,
      choices: [{ index: 0, message, finish_reason: wantsTool ? 'tool_calls' : 'stop' }],
      usage: USAGE,
    }),
  );
}

/** @param {string} question */
function toolCall(question) {
  const call = { name: 'look_up', arguments: JSON.stringify({ question }) };
  return { id: 'call-1', type: 'function', function: call };
}

/**
 * @param {any} request
 * @param {string} content
 * @param {import('node:http').ServerResponse} response
 */
function stream(request, content, response) {
  response.setHeader('content-type', 'text/event-stream');
  const send = (/** @type {object} */ part) => {
    const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, ...part };
    response.write(`data: ${JSON.stringify({ ...chunk, model: request.model })}\n\n`);
  };
  for (const word of content.split(/(?<= )/)) {
    send({ choices: [{ index: 0, delta: { content: word }, finish_reason: null }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  if (request.stream_options?.include_usage) send({ choices: [], usage: USAGE });
  response.end('data: [DONE]\n\n');
}
