import http from 'node:http';
import https from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import tls from 'node:tls';
import { withTimeout } from './timeout';

/** What is checked. */
export interface Target {
  url: URL;
  /** Undefined if connections are direct. */
  proxy: URL | undefined;
  /** How long one check may take, in milliseconds. */
  timeout: number;
}

/** A connection with TLS. */
interface Security {
  protocol: string;
  issuer: string;
  validTo: Date;
  /** Why Node.js would refuse the certificate: a code. */
  refusal: string | undefined;
}

/** What a request without credentials tells about a server. */
export interface Probe {
  /** Undefined for plain http. */
  security: Security | undefined;
  /** How much the clock of this machine is ahead, in milliseconds; undefined if the server does not tell the time. */
  ahead: number | undefined;
}

/**
 * Connects to a server and asks it for the time. It accepts any certificate, because nothing secret is sent: clients
 * judge certificates themselves.
 */
export async function probe({ url, proxy, timeout }: Target): Promise<Probe> {
  const sockets: Socket[] = [];
  try {
    return await withTimeout(ask(url, proxy, sockets), timeout);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function ask(url: URL, proxy: URL | undefined, sockets: Socket[]): Promise<Probe> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  let socket = proxy ? await tunnel(proxy, `${url.hostname}:${port}`) : connect(port, host);
  sockets.push(socket);
  let security: Probe['security'];
  if (url.protocol === 'https:') {
    const secure = tls.connect({
      socket,
      rejectUnauthorized: false,
      ...(isIP(host) ? {} : { servername: host }),
    });
    sockets.push(secure);
    await happens(secure, 'secureConnect');
    const { issuer, valid_to: validTo } = secure.getPeerCertificate();
    security = {
      protocol: secure.getProtocol() ?? 'TLS',
      issuer: String(issuer?.O ?? issuer?.CN ?? 'unknown'),
      validTo: new Date(validTo),
      refusal: secure.authorizationError ? String(secure.authorizationError) : undefined,
    };
    socket = secure;
  }
  const sent = Date.now();
  const request = http.request({
    createConnection: () => socket,
    method: 'HEAD',
    path: url.pathname,
    headers: { host: url.host, connection: 'close' },
  });
  request.end();
  const response = (await happens(request, 'response')) as http.IncomingMessage;
  response.resume();
  const date = Date.parse(response.headers.date ?? '');
  // The header has no parts of a second, and took half of the time to arrive.
  const ahead = Number.isNaN(date) ? undefined : (sent + Date.now()) / 2 - (date + 500);
  return { security, ahead };
}

/** Asks a proxy for a connection. */
async function tunnel(proxy: URL, target: string): Promise<Socket> {
  const credentials = [proxy.username, proxy.password].map(decodeURIComponent).join(':');
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const request = (proxy.protocol === 'https:' ? https : http).request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: target,
    headers: proxy.username ? { 'proxy-authorization': authorization } : {},
  });
  request.end();
  const [response, socket] = await new Promise<[http.IncomingMessage, Socket]>(
    (resolve, reject) => {
      request.once('connect', (...args) => resolve([args[0], args[1] as Socket]));
      request.once('response', (answer) => reject(refusal(answer)));
      request.once('error', reject);
    },
  );
  if (response.statusCode === 200) return socket;
  socket.destroy();
  throw refusal(response);
}

function refusal({ statusCode }: http.IncomingMessage): Error {
  return new Error(`the proxy answered ${statusCode}`);
}

function happens(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    emitter.once(event, resolve);
    emitter.once('error', reject);
  });
}
