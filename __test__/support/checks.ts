// What the checks of watched clients have in common.

/** A name, and something to do with a client and its module: what it gives must be the same. */
export type Check = [string, (client: any, module: any) => Promise<unknown>];

/** What is read from each item of a stream. */
export async function texts(
  stream: AsyncIterable<any>,
  read: (item: any) => unknown,
): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of stream) found.push(read(item));
  return found;
}

/** What of an error must be the same. */
export function describeError(error: any): unknown {
  return [error.constructor.name, error.message, error.status, error.error];
}
