import type { Transport } from './exchange';
import { fetchTransport } from './fetch';
import { nodeTransport } from './node';

/** Node.js and what is like it. Workers of Cloudflare have `node:http`, too, but only as a wrapper of `fetch`. */
function hasNode(): boolean {
  const { navigator, process } = globalThis as any;
  return process?.versions?.node !== undefined && navigator?.userAgent !== 'Cloudflare-Workers';
}

/**
 * Returns what sends the requests of a client.
 *
 * @param certificates PEM; `fetch` takes none
 */
export function makeTransport(certificates: string[]): Transport {
  return hasNode() ? nodeTransport(certificates) : fetchTransport;
}
