// Clients of these packages in programs that are traced without a change.
import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { agentId, agentSecret } from '../support/client';
import { reply } from '../support/http';
import { useDirectory, useServer } from '../support/use';

const root = path.join(__dirname, '..', '..');
const modules = path.join(__dirname, 'node_modules');
const server = useServer();
const directory = useDirectory();

/** Runs a program with the package of this repository and those of this folder. */
async function run(source: string): Promise<{ stdout: string; traces: any[] }> {
  server.answer = (response, seen, index) => {
    reply(200, ANSWERS.find(([part]) => seen.url.includes(part))?.[1] ?? { success: true })(
      response,
      seen,
      index,
    );
  };
  symlinkSync(modules, path.join(directory.path, 'node_modules'));
  const file = path.join(directory.path, 'app.mjs');
  writeFileSync(file, source);
  const register = path.join(root, 'dist', 'register.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', register, file], {
    cwd: directory.path,
    env: {
      ...process.env,
      INFINIUM_AGENT_ID: agentId,
      INFINIUM_AGENT_SECRET: agentSecret,
      INFINIUM_BASE_URL: server.url,
      PROVIDER: new URL(server.url).origin,
    },
  });
  return { stdout, traces: server.bodies.filter((body) => Array.isArray(body?.steps)) };
}

const ANSWERS: [part: string, answer: unknown][] = [
  [
    '/v2/chat',
    {
      id: 'c',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
      usage: { tokens: { input_tokens: 3, output_tokens: 4 } },
    },
  ],
  [
    '/converse',
    {
      output: { message: { role: 'assistant', content: [{ text: 'hi' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
    },
  ],
  [
    '/api/chat',
    {
      model: 'llama-1',
      message: { content: 'hi' },
      done: true,
      prompt_eval_count: 3,
      eval_count: 4,
    },
  ],
];

it('lets clients of Cohere have members of their own', async () => {
  const { stdout, traces } = await run(`
    import { CohereClient, CohereClientV2 } from 'cohere-ai';
    const environment = process.env.PROVIDER;
    const request = { model: 'command', messages: [{ role: 'user', content: 'hello' }] };
    const clients = ['a', 'b'].map((token) => new CohereClient({ token, environment }));
    for (const client of clients) await client.v2.chat(request);
    await new CohereClientV2({ token: 'c', environment }).chat(request);
    console.log(clients[0].v2 === clients[1].v2);
  `);
  expect(stdout).toBe('false\n');
  const tokens = server.seen.filter(({ url }) => url.includes('/v2/chat'));
  expect(tokens.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer a',
    'Bearer b',
    'Bearer c',
  ]);
  expect(traces.map(({ name }) => name)).toEqual(Array(3).fill('chat command'));
});

it('records both kinds of clients of Bedrock', async () => {
  const { traces } = await run(`
    import { BedrockRuntime, BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
    import { NodeHttpHandler } from '@smithy/node-http-handler';
    const options = {
      region: 'us-east-1',
      endpoint: process.env.PROVIDER,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: new NodeHttpHandler(),
    };
    const input = { modelId: 'claude', messages: [{ role: 'user', content: [{ text: 'hello' }] }] };
    await new BedrockRuntimeClient(options).send(new ConverseCommand(input));
    await new BedrockRuntime(options).converse({ ...input, modelId: 'nova' });
  `);
  expect(traces.map(({ name, steps }) => [name, steps[0].description])).toEqual([
    ['chat claude', 'Execute chat claude'],
    ['chat nova', 'Execute chat nova'],
  ]);
});

it('records the client that Ollama makes while it is loaded', async () => {
  const { traces } = await run(`
    import ollama, { Ollama } from 'ollama';
    const request = { model: 'llama', messages: [{ role: 'user', content: 'hello' }] };
    ollama.config.host = process.env.PROVIDER;
    await ollama.chat(request);
    await new Ollama({ host: process.env.PROVIDER }).chat(request);
  `);
  expect(traces.map(({ name, steps }) => [name, steps[1].llm_call.prompt_tokens])).toEqual([
    ['chat llama-1', 3],
    ['chat llama-1', 3],
  ]);
});

it('tells of which server of MCP a tool is', async () => {
  const { traces } = await run(`
    import { Client } from '@modelcontextprotocol/sdk/client/index.js';
    import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
    import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
    const server = new McpServer({ name: 'weather', version: '1.2.3' });
    server.registerTool('forecast', {}, () => ({ content: [{ type: 'text', text: 'sun' }] }));
    server.registerResource('memo', 'memo://a', {}, () => ({ contents: [{ uri: 'memo://a', text: 'b' }] }));
    const [one, other] = InMemoryTransport.createLinkedPair();
    await server.connect(one);
    const client = new Client({ name: 'app', version: '1.0.0' });
    await client.connect(other);
    await client.callTool({ name: 'forecast' });
    await client.readResource({ uri: 'memo://a' });
    await client.close();
  `);
  expect(traces.map(({ name, steps }) => [name, steps[1].metadata.mcp_server_name])).toEqual([
    ['callTool forecast', 'weather'],
    ['readResource', 'weather'],
  ]);
});
