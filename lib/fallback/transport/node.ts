import type { IncomingMessage } from 'node:http';
import type { AgentOptions } from 'node:https';
import { lazy } from '../../bridge/lazy';
import { concatenated, describe, type Exchange, MAX_ANSWER_SIZE, type Transport } from './exchange';

// Loaded with the first request that needs them.
const http = lazy(() => require('node:http') as typeof import('node:http'));
const https = lazy(() => require('node:https') as typeof import('node:https'));
const tls = lazy(() => require('node:tls') as typeof import('node:tls'));

/** Idle connections are closed after this time, before most servers and load balancers close them. */
const MAX_IDLE = 30_000;

/**
 * Sends requests with Node.js. Unlike those of `fetch`, its connections need not keep the process alive, it takes
 * certificates, and it says whether a connection is an old one.
 *
 * @param certificates PEM, trusted in addition to the usual ones
 */
export function nodeTransport(certificates: string[]): Transport {
  const agent = lazy(() => new (http().Agent)({ keepAlive: true, timeout: MAX_IDLE }));
  const secureAgent = lazy(() => new (https().Agent)(secured(certificates)));
  return {
    send(outgoing, exchange) {
      const { method, url, headers, body } = outgoing;
      const options = { method, headers: Object.fromEntries(headers) };
      const request = url.startsWith('https:')
        ? https().request(url, { ...options, agent: secureAgent() })
        : http().request(url, { ...options, agent: agent() });
      let isOver = false;
      const fail = (error: unknown) => {
        if (!isOver) exchange.onBroken(describe(error, request.reusedSocket));
        isOver = true;
      };
      request.on('socket', (socket) => socket.unref());
      request.on('error', fail);
      request.on('response', (response) => read(response, exchange, fail));
      request.end(method === 'GET' ? undefined : body);
      return () => {
        isOver = true;
        request.destroy();
      };
    },
  };
}

function secured(certificates: string[]): AgentOptions {
  const options: AgentOptions = {
    keepAlive: true,
    timeout: MAX_IDLE,
    // Whatever the environment says: the requests have credentials.
    rejectUnauthorized: true,
  };
  if (certificates.length > 0) options.ca = [...usualCertificates(), ...certificates];
  return options;
}

function usualCertificates(): readonly string[] {
  const { getCACertificates, rootCertificates } = tls() as {
    getCACertificates?: () => string[];
    rootCertificates: readonly string[];
  };
  return getCACertificates?.() ?? rootCertificates;
}

function read(response: IncomingMessage, exchange: Exchange, fail: (error: unknown) => void) {
  const { statusCode: status = 0, headers } = response;
  exchange.onHead({ status, retryAfter: headers['retry-after'], date: headers.date });
  const chunks: Uint8Array[] = [];
  let size = 0;
  response.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= MAX_ANSWER_SIZE) {
      chunks.push(chunk);
      return;
    }
    exchange.onBody(undefined);
    response.destroy();
  });
  response.on('end', () => exchange.onBody(concatenated(chunks, size)));
  response.on('error', fail);
}
