// A platform on this machine that keeps the bodies it gets. As the real one does, it takes a task once that comes again
// with the same key: a busy machine lets requests look as if they hung.
import { once } from 'node:events';
import { createServer } from 'node:http';

const agentId = '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e';
const agentSecret = 'golden-secret-0123456789';

export async function startReceiver() {
  /** @type {any[]} */
  const bodies = [];
  const keys = new Set();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const key = request.headers['idempotency-key'];
    if (!keys.has(key)) bodies.push(JSON.parse(text));
    keys.add(key);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ success: true, data: { traceId: `t${keys.size}` } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    bodies,
    url: baseUrl,
    /** What a client needs. Its traces arrive in their order. */
    options: { agentId, agentSecret, baseUrl, enableRateLimiting: false, maxConcurrency: 1 },
    /** The same for a program. */
    environment: {
      INFINIUM_AGENT_ID: agentId,
      INFINIUM_AGENT_SECRET: agentSecret,
      INFINIUM_BASE_URL: baseUrl,
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
