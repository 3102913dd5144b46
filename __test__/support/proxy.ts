// A proxy whose tunnels lead to one port of this machine, whatever host they are for.
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface TestProxy {
  url: string;
  /** Target and credentials of each CONNECT request. */
  tunnels: { target: string; authorization: string | undefined }[];
  /** Plain requests: there should be none, they would show what they carry. */
  requests: string[];
  /** Where tunnels lead to; undefined refuses them. */
  port: number | undefined;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port. It is made of the object `into`. */
export async function startProxy(into = {} as TestProxy): Promise<TestProxy> {
  const blank: Pick<TestProxy, 'tunnels' | 'requests' | 'port'> = {
    tunnels: [],
    requests: [],
    port: undefined,
  };
  const state = Object.assign(into, blank);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    state.requests.push(String(request.url));
    response.writeHead(501).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, client: Socket) => {
    const { 'proxy-authorization': authorization } = request.headers;
    state.tunnels.push({ target: String(request.url), authorization });
    if (state.port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const target = connect(state.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}
