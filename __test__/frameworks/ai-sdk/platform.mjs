// A platform on this machine that keeps the traces it is sent, and clients of it.
import { after, beforeEach } from 'node:test';
import { AsyncInfiniumClient } from 'infinium-o2';
import { startReceiver } from '../receiver.mjs';

/** Starts a platform for the tests of a file. */
export async function usePlatform() {
  const { bodies, options, environment, stop } = await startReceiver();
  const client = new AsyncInfiniumClient(options);
  beforeEach(() => {
    bodies.length = 0;
  });
  after(async () => {
    await client.close();
    stop();
  });
  return {
    client,
    /** What clients of other processes need. */
    environment,
    /** @returns {Promise<any[]>} the traces so far */
    async traces() {
      await client.flush();
      return bodies;
    },
  };
}

/** The steps of a trace after the first: what they are, of what, and where. */
export function outline(/** @type {any} */ trace) {
  return trace.steps
    .slice(1)
    .map(
      (/** @type {any} */ { action, description, metadata }) =>
        `${action} ${description}${metadata?.parent_step ? ` < ${metadata.parent_step}` : ''}`,
    );
}
