// A platform on this machine that keeps the traces it gets.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AsyncInfiniumClient } from 'infinium-o2';

export async function startPlatform() {
  /** The bodies of the traces. @type {any[]} */
  const traces = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    traces.push(JSON.parse(text));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: true, data: { traceId: `trace-${traces.length}` } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agentId = '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e';
  const agentSecret = 'golden-secret-0123456789';
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const client = new AsyncInfiniumClient({
    agentId,
    agentSecret,
    baseUrl,
    enableRateLimiting: false,
    retryDelay: 1,
  });
  return {
    client,
    /** For a program that makes its own client. */
    env: {
      INFINIUM_AGENT_ID: agentId,
      INFINIUM_AGENT_SECRET: agentSecret,
      INFINIUM_BASE_URL: baseUrl,
    },
    traces,
    /** The traces so far, once they have arrived. */
    async sent() {
      await client.flush();
      return traces.splice(0);
    },
    async stop() {
      await client.close({ timeout: 0 });
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A trace as a short text: each step under its parent. */
export function outline({ steps }) {
  const children = new Map();
  for (const step of steps) {
    if (step.step_number === 1) continue;
    const parent = step.metadata?.parent_step ?? 1;
    children.set(parent, [...(children.get(parent) ?? []), step]);
  }
  const write = (number, indent) =>
    (children.get(number) ?? []).flatMap((step) => [
      `${indent}${step.action} ${step.description}${(step.error ?? step.tool_call?.error) ? ' !' : ''}`,
      ...write(step.step_number, `${indent}  `),
    ]);
  return write(1, '');
}

export const steps = (trace, action) => trace.steps.filter((step) => step.action === action);
