// What the tests of the integration need: a platform, fake models, and short forms of traces.
import { createServer } from 'node:http';
import { InfiniumClient } from 'infinium-o2';

/** Starts a platform on this machine, which keeps the traces that it gets. */
export async function startPlatform() {
  /** @type {any[]} */
  const traces = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      traces.push(JSON.parse(text));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ success: true, traceId: `t${traces.length}` }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const client = new InfiniumClient({
    agentId: '11111111-2222-4333-8444-555555555555',
    agentSecret: 'not-a-real-secret',
    baseUrl: `http://127.0.0.1:${port}`,
    requestsPerSecond: 1000,
  });
  return {
    client,
    /** @returns the traces since the last call, in the order of their arrival */
    async take() {
      await client.flush();
      return traces.splice(0);
    },
    async stop() {
      await client.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A trace as lines: the number, kind and name of each step, below its parent. */
export function tree(trace) {
  const lines = [trace.name];
  const show = (parent, indent) => {
    for (const step of trace.steps.slice(1)) {
      if (step.metadata?.parent_step !== parent) continue;
      lines.push(`${indent}${step.step_number} ${step.action} ${step.description}`);
      show(step.step_number, `${indent}  `);
    }
  };
  show(undefined, '  ');
  return lines;
}
