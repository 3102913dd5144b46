/** A request, as the core makes it. */
export interface Outgoing {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  /** Empty for a GET. */
  body: Uint8Array<ArrayBuffer>;
}

/** The beginning of an answer. */
export interface Head {
  status: number;
  retryAfter: string | null | undefined;
  date: string | null | undefined;
}

/** Why there is no complete answer. */
export interface Broken {
  /** The code of Node.js; may be empty. */
  code: string;
  message: string;
  /** Whether the connection had already brought another answer. */
  reused: boolean;
}

/** Receives what becomes of a request. */
export interface Exchange {
  onHead(head: Head): void;
  /** The body is undefined if it is too large. */
  onBody(body: Uint8Array | undefined): void;
  onBroken(broken: Broken): void;
}

/** Sends requests. */
export interface Transport {
  /** Returns a function that gives the request up. */
  send(outgoing: Outgoing, exchange: Exchange): () => void;
}

/** Bytes of an answer that are read at most, as in the core. */
export const MAX_ANSWER_SIZE = 10 * 1024 * 1024;

/** Describes an error. One of several addresses says more than the error of all. */
export function describe(error: any, reused: boolean): Broken {
  const code = typeof error?.code === 'string' ? error.code : '';
  const one = error?.errors?.[0] ?? error;
  return { code, message: String(one?.message || one), reused };
}

export function concatenated(chunks: Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
