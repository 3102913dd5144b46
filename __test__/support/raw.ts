// A server that writes bytes, not HTTP: for answers that no HTTP server would give.
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawServer {
  url: string;
  /** Requests that arrived completely. */
  requests: number;
  /** Connections that were made, and those that are still open. */
  connections: number;
  open: Set<Socket>;
  /** Resets the connection whose request reaches this many bytes, and no other after it. */
  limit: number | undefined;
  /** How long the last complete request was, in bytes. */
  length: number;
  /** Called with every complete request. */
  answer: (socket: Socket, index: number) => void;
  stop(): Promise<void>;
}

/** Where the body of the request ends, if all of it is here. */
function endOf(received: string): number | undefined {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/content-length: *(\d+)/i.exec(received.slice(0, head))?.[1] ?? 0);
  return received.length >= head + 4 + length ? head + 4 + length : undefined;
}

/** An answer with this status line, headers and body. */
export function http(status: string, headers: Record<string, string | number>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n');
}

/** An answer that is right. */
export const accepted = http('200 OK', { 'content-length': 2 }, '{}');

/** Starts a server on a free port. It is made of the object `into`. */
export async function startRawServer(into = {} as RawServer): Promise<RawServer> {
  const blank: Omit<RawServer, 'url' | 'stop'> = {
    requests: 0,
    connections: 0,
    open: new Set(),
    limit: undefined,
    length: 0,
    answer: (socket) => socket.write(accepted),
  };
  const state = Object.assign(into, blank);
  const server = createServer((socket) => {
    state.connections += 1;
    state.open.add(socket);
    let received = '';
    socket.on('error', () => {});
    socket.on('close', () => state.open.delete(socket));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
      if (state.limit !== undefined && received.length >= state.limit) {
        state.limit = undefined;
        socket.resetAndDestroy();
        return;
      }
      for (let end = endOf(received); end !== undefined; end = endOf(received)) {
        received = received.slice(end);
        state.length = end;
        state.requests += 1;
        state.answer(socket, state.requests - 1);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}/api/v1`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of state.open) socket.destroy();
      }),
  });
}
