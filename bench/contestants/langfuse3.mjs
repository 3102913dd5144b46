import { Langfuse } from 'langfuse';
import { inPortions } from './portions.mjs';

/**
 * One of its traces for each task, with the task as its output; batches of 100.
 *
 * @param {import('./index.mjs').Job} job
 */
export function make({ url }) {
  const client = new Langfuse({
    publicKey: 'pk-lf-bench',
    secretKey: 'sk-lf-bench',
    baseUrl: url,
    flushAt: 100,
  });
  return {
    send: inPortions(
      (/** @type {any} */ task) => {
        client.trace({ name: 'invoke-agent', output: task });
      },
      () => client.flushAsync(),
    ),
    close: () => client.shutdownAsync(),
  };
}
