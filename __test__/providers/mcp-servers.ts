// Clients of the Model Context Protocol with their servers, of both versions of the packages.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

const { z } = require('zod');
const sdk = {
  ...require('@modelcontextprotocol/sdk/client/index.js'),
  ...require('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ...require('@modelcontextprotocol/sdk/server/mcp.js'),
  ...require('@modelcontextprotocol/sdk/server/streamableHttp.js'),
};
const client2 = require('@modelcontextprotocol/client');
const server2 = require('@modelcontextprotocol/server');
const { toNodeHandler } = require('@modelcontextprotocol/node');

export interface Connection {
  client: any;
  /** What the server has got as `_meta`, in order. */
  metas: any[];
  close(): Promise<void>;
}

/** @param handler of the tool `get_weather` */
export type Connect = (handler?: (args: any, context: any) => unknown) => Promise<Connection>;

const info = { name: 'weather', version: '3.2.1' };
const client = { name: 'test', version: '1.0.0' };
const sunny = async () => ({ content: [{ type: 'text', text: 'sunny in Paris' }] });

/** Registers the same with the servers of both versions. */
function register(server: any, metas: any[], handler: NonNullable<Parameters<Connect>[0]>): void {
  const note = (context: any) => metas.push(context.mcpReq?._meta ?? context._meta);
  const inputSchema = z.object({ city: z.string() });
  server.registerTool('get_weather', { inputSchema }, (args: any, context: any) => {
    note(context);
    return handler(args, context);
  });
  server.registerTool('fail', { inputSchema }, async ({ city }: any) => {
    throw new Error(`no weather in ${city}`);
  });
  server.registerResource('memo', 'memo://paris', {}, async (uri: URL, context: any) => {
    note(context);
    return { contents: [{ uri: uri.href, text: 'a page about Paris' }] };
  });
  server.registerPrompt(
    'greet',
    { argsSchema: sdkShape(server) },
    async (_args: any, context: any) => {
      note(context);
      return { messages: [{ role: 'user', content: { type: 'text', text: 'Greet Ada' } }] };
    },
  );
}

/** The first version takes the members of a schema. */
function sdkShape(server: any): unknown {
  const shape = { who: z.string() };
  return server instanceof sdk.McpServer ? shape : z.object(shape);
}

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const first: Connect = async (handler = sunny) => {
  const metas: any[] = [];
  const server = new sdk.McpServer(info);
  register(server, metas, handler);
  const transport = new sdk.StreamableHTTPServerTransport({
    sessionIdGenerator: () => 'session-1',
  });
  await server.connect(transport);
  const http = await listen((request, response) => transport.handleRequest(request, response));
  const made = new sdk.Client(client);
  await made.connect(new sdk.StreamableHTTPClientTransport(http.url));
  return {
    client: made,
    metas,
    async close() {
      await made.close();
      await server.close();
      await http.close();
    },
  };
};

const second: Connect = async (handler = sunny) => {
  const metas: any[] = [];
  const make = () => {
    const server = new server2.McpServer(info);
    register(server, metas, handler);
    return server;
  };
  const http = await listen(toNodeHandler(server2.createMcpHandler(make)));
  const made = new client2.Client(client, { versionNegotiation: { mode: 'auto' } });
  await made.connect(new client2.StreamableHTTPClientTransport(http.url));
  return {
    client: made,
    metas,
    async close() {
      await made.close();
      await http.close();
    },
  };
};

/** The older protocol, and no network. */
const inMemory: Connect = async (handler = sunny) => {
  const metas: any[] = [];
  const server = new server2.McpServer(info);
  register(server, metas, handler);
  const [near, far] = client2.InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const made = new client2.Client(client);
  await made.connect(near);
  return { client: made, metas, close: () => made.close() };
};

export const CONNECTIONS: [string, Connect][] = [
  ['@modelcontextprotocol/sdk', first],
  ['@modelcontextprotocol/client', second],
  ['@modelcontextprotocol/client in memory', inMemory],
];
