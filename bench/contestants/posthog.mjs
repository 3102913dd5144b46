import { PostHog } from 'posthog-node';
import { inPortions, PORTION } from './portions.mjs';

/**
 * One event for each trace, with the task as its properties; batches of 100, not compressed (which
 * would cost it more).
 *
 * @param {import('./index.mjs').Job} job
 */
export function make({ url }) {
  const client = new PostHog('phc_bench', {
    host: url,
    flushAt: 100,
    maxBatchSize: 100,
    maxQueueSize: 2 * PORTION,
    disableCompression: true,
  });
  return {
    send: inPortions(
      (/** @type {any} */ properties) => {
        client.capture({ distinctId: 'bench', event: '$ai_trace', properties });
      },
      () => client.flush(),
    ),
    close: () => client.shutdown(),
  };
}
