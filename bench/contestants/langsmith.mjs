import { randomUUID } from 'node:crypto';
import { Client } from 'langsmith';
import { inPortions } from './portions.mjs';

/**
 * One finished run for each trace, with the task as its outputs; in its own batches, not compressed
 * (which would cost it more).
 *
 * @param {import('./index.mjs').Job} job
 */
export function make({ url }) {
  process.env.LANGSMITH_DISABLE_RUN_COMPRESSION = 'true';
  const client = new Client({ apiUrl: url, apiKey: 'bench', autoBatchTracing: true });
  return {
    send: inPortions(
      (/** @type {any} */ task) => {
        const id = randomUUID();
        const now = Date.now();
        client.createRun({
          id,
          trace_id: id,
          dotted_order: `20261123T093000000000Z${id}`,
          name: 'invoke-agent',
          run_type: 'chain',
          project_name: 'bench',
          start_time: now,
          end_time: now,
          inputs: {},
          outputs: task,
        });
      },
      () => client.awaitPendingTraceBatches(),
    ),
  };
}
