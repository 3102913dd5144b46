// A real server on a free port: it gives the answers of a script, and records the requests.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  text: string;
  body: any;
  /** Milliseconds, of the same clock for all. */
  at: number;
  /** Whether the client went away before it had its answer. */
  dropped: boolean;
}

export type Answer = (response: ServerResponse, seen: Seen, index: number) => void;

export interface Server {
  url: string;
  seen: Seen[];
  /** The bodies of `seen`. */
  bodies: any[];
  /** Answers that come before `answer`, one each. */
  script: Answer[];
  answer: Answer;
  stop(): Promise<void>;
}

/** An answer with this status, JSON and headers. */
export function reply(
  status: number,
  body: unknown = {},
  headers: Record<string, string> = {},
): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** The connection is gone before any answer. */
export const reset: Answer = (response) => response.socket?.resetAndDestroy();

/** Half of an answer, and then nothing. */
export const cut: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"traceId":');
  setImmediate(() => response.destroy());
};

/** No answer at all. */
export const hang: Answer = () => {};

export const accepted = reply(200, { message: 'Accepted', traceId: 't-1' });

/** Starts a server; with a key and its certificate, one for https. It is made of the object `into` and its arrays. */
export async function startServer(
  secure?: { key: string; cert: string },
  into = {} as Server,
): Promise<Server> {
  const { seen = [], bodies = [], script = [] } = into;
  for (const list of [seen, bodies, script]) list.length = 0;
  const state = Object.assign(into, { seen, bodies, script, answer: accepted });
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = text ? JSON.parse(text) : undefined;
      const seen = { method, url, headers, text, body, at: performance.now(), dropped: false };
      state.seen.push(seen);
      state.bodies.push(body);
      response.on('close', () => {
        seen.dropped = !response.writableFinished;
      });
      (state.script.shift() ?? state.answer)(response, seen, state.seen.length - 1);
    });
  };
  const server = secure ? createSecureServer(secure, receive) : createServer(receive);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}/api/v1`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > limit) throw new Error(`never: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
