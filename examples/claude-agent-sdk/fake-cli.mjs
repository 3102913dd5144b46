// Takes the place of the program `claude` that the Claude Agent SDK starts. It speaks the same protocol: one JSON message
// a line, over stdin and stdout. What it says is in the environment variable FAKE_MESSAGES, as a list of messages.
// Some members of the list are no messages: `{ wait: 'interrupt' }` waits for a control request, `{ call }` calls a tool
// of the SDK's own process and waits for the result, `{ exit }` ends the program.
import { createInterface } from 'node:readline';

const script = JSON.parse(process.env.FAKE_MESSAGES ?? '[]');
/** What is waited for, by its name. @type {Map<string, (value?: unknown) => void>} */
const waiting = new Map();
let position = 0;

const write = (/** @type {object} */ message) =>
  process.stdout.write(`${JSON.stringify(message)}\n`);
const wait = (/** @type {string} */ name) =>
  new Promise((resolve) => {
    waiting.set(name, resolve);
  });

/** Says everything up to the end of a turn. */
async function play() {
  while (position < script.length) {
    const message = script[position];
    position += 1;
    if (message.wait) await wait(message.wait);
    else if (message.call) await callTool(message.call);
    else if ('exit' in message) process.exit(message.exit);
    else write({ session_id: 'session-1', uuid: `uuid-${position}`, ...message });
    // The next turn begins with the next prompt.
    if (message.type === 'result' && script[position]?.exit === undefined) return;
  }
}

/** @param {{ server: string, name: string, args: object }} tool of an MCP server in the SDK's own process */
async function callTool({ server, name, args }) {
  const send = async (
    /** @type {string} */ method,
    /** @type {object} */ params,
    id = position,
  ) => {
    const message = { jsonrpc: '2.0', method, params, ...(id > 0 && { id }) };
    const request = { subtype: 'mcp_message', server_name: server, message };
    write({ type: 'control_request', request_id: `mcp-${method}`, request });
    await wait(`mcp-${method}`);
  };
  const clientInfo = { name: 'fake', version: '1' };
  await send('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  await send('notifications/initialized', {}, 0);
  await send('tools/call', { name, arguments: args });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { type, request_id: id, request, response } = JSON.parse(line);
  if (type === 'control_request') {
    const commands = { commands: [], agents: [], models: [], output_style: 'default' };
    const answer = { ...commands, available_output_styles: [], account: {} };
    write({
      type: 'control_response',
      response: { subtype: 'success', request_id: id, response: answer },
    });
    waiting.get(request.subtype)?.();
  } else if (type === 'control_response') waiting.get(response.request_id)?.(response);
  else if (type === 'user') void play();
}
