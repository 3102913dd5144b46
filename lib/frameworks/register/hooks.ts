// Runs on a thread of its own in versions of Node.js that load modules there.
import { withLine } from './instrument';

interface Loaded {
  format?: string;
  source?: unknown;
}

type Next = (url: string, context: unknown) => Promise<Loaded>;

export async function load(url: string, context: unknown, next: Next): Promise<Loaded> {
  return withLine(url, await next(url, context));
}
