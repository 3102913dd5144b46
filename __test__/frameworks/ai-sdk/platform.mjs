// A platform on this machine that keeps the traces it is sent, and clients of it.
import { createServer } from 'node:http';
import { after, beforeEach } from 'node:test';
import { AsyncInfiniumClient } from 'infinium-o2';

/** Starts a platform for the tests of a file. */
export async function usePlatform() {
  /** @type {any[]} */
  const bodies = [];
  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.setHeader('content-type', 'application/json');
      response.end('{"success": true, "data": {"traceId": "t"}}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const agentId = '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e';
  const agentSecret = 'golden-secret-0123456789';
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = new AsyncInfiniumClient({
    agentId,
    agentSecret,
    baseUrl,
    enableRateLimiting: false,
    // Traces arrive in their order.
    maxConcurrency: 1,
  });
  beforeEach(() => {
    bodies.length = 0;
  });
  after(async () => {
    await client.close();
    server.close();
  });
  return {
    client,
    /** What clients of other processes need. */
    environment: {
      INFINIUM_AGENT_ID: agentId,
      INFINIUM_AGENT_SECRET: agentSecret,
      INFINIUM_BASE_URL: baseUrl,
    },
    /** @returns {Promise<any[]>} the traces so far */
    async traces() {
      await client.flush();
      return bodies;
    },
  };
}

/** The steps of a trace after the first: what they are, of what, and where. */
export function outline(/** @type {any} */ trace) {
  return trace.steps
    .slice(1)
    .map(
      (/** @type {any} */ { action, description, metadata }) =>
        `${action} ${description}${metadata?.parent_step ? ` < ${metadata.parent_step}` : ''}`,
    );
}
