import { nodeTransport } from './node';

/** Sends the requests of a client in Node.js and its likes. Elsewhere a build replaces this. */
export const makeTransport = nodeTransport;
