import {
  concatenated,
  describe,
  type Exchange,
  MAX_ANSWER_SIZE,
  type Outgoing,
  type Transport,
} from './exchange';

// Captured now: a test may replace it later.
const { fetch } = globalThis;

/** Sends requests where there is no `node:http`. */
export const fetchTransport: Transport = {
  send(outgoing, exchange) {
    const controller = new AbortController();
    exchangeWithFetch(outgoing, exchange, controller.signal).catch((error) =>
      // `fetch` fails with an error that says nothing, whose cause says why.
      exchange.onBroken(describe(error?.cause ?? error, error?.cause?.socket?.bytesRead > 0)),
    );
    return () => controller.abort();
  },
};

async function exchangeWithFetch(outgoing: Outgoing, exchange: Exchange, signal: AbortSignal) {
  const { method, url, headers, body } = outgoing;
  const init: RequestInit = { method, headers, redirect: 'manual', signal };
  if (method !== 'GET') init.body = body;
  const response = await fetch(url, init);
  exchange.onHead({
    // Browsers hide the status of a redirect.
    status: response.type === 'opaqueredirect' ? 302 : response.status,
    retryAfter: response.headers.get('retry-after'),
    date: response.headers.get('date'),
  });
  exchange.onBody(await readBody(response));
}

/** Reads a complete body. Returns undefined if it is too large. */
async function readBody(response: Response): Promise<Uint8Array | undefined> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatenated(chunks, size);
    size += value.length;
    if (size > MAX_ANSWER_SIZE) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
}
