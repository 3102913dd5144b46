import { createRequire } from 'node:module';
import { inFlight } from './in-flight.mjs';
import { inPortions } from './portions.mjs';

const BATCH = 100;

/**
 * @param {import('./index.mjs').Job & { how: string, atOnce?: number }} job `how` is one of
 *   `batch` (sendBatch of AsyncInfiniumClient, one after another or `atOnce` together),
 *   `sequential` (sendBatch of InfiniumClient), `single` (sendTaskData, each awaited by one of
 *   `inFlight` loops), `burst` (sendTaskData for all in one go), `enqueue` (then flush) and `trace` (a
 *   function that is called with each task; the trace holds a summary of at most 3,000 characters)
 */
export function make({ package: directory, url, ca, inFlight: width, clients, how, atOnce = 1 }) {
  const { AsyncInfiniumClient, InfiniumClient } = createRequire(import.meta.url)(directory);
  const Client = how === 'sequential' ? InfiniumClient : AsyncInfiniumClient;
  const instances = Array.from({ length: clients }, () => {
    return new Client({
      agentId: '7c3f0f4e-2d1b-4b52-9a56-0e8f4f1f5f10',
      agentSecret: 'bench-secret-0123456789',
      baseUrl: url,
      caCertificates: ca,
      enableRateLimiting: false,
      maxConcurrency: width,
    });
  });

  /** @type {Record<string, (client: any, pool: object[], count: number) => Promise<number>>} */
  const senders = {
    async batch(client, pool, count) {
      let delivered = 0;
      await inFlight(Math.ceil(count / BATCH), atOnce, async (batch) => {
        const first = batch * BATCH;
        const length = Math.min(BATCH, count - first);
        const tasks = Array.from({ length }, (_, index) => pool[(first + index) % pool.length]);
        const { successfulTasks } = await client.sendBatch(tasks);
        delivered += successfulTasks;
      });
      return delivered;
    },
    async single(client, pool, count) {
      let delivered = 0;
      await inFlight(count, width, async (index) => {
        const response = await client.sendTaskData(pool[index % pool.length]);
        delivered += response.success ? 1 : 0;
      });
      return delivered;
    },
    async burst(client, pool, count) {
      const sends = Array.from({ length: count }, (_, index) => {
        return client.sendTaskData(pool[index % pool.length]);
      });
      const responses = await Promise.all(sends);
      return responses.filter(({ success }) => success).length;
    },
    async enqueue(client, pool, count) {
      const before = client.stats().delivered;
      const add = (/** @type {object} */ task) => client.enqueue(task);
      await inPortions(add, () => client.flush())(pool, count);
      return client.stats().delivered - before;
    },
    async trace(client, pool, count) {
      const before = client.stats().delivered;
      const traced = client.trace('work', () => 'done');
      await inPortions(traced, () => client.flush())(pool, count);
      return client.stats().delivered - before;
    },
  };
  const sender = senders[how === 'sequential' ? 'batch' : how];

  return {
    async send(/** @type {object[]} */ pool, /** @type {number} */ count) {
      const share = Math.ceil(count / instances.length);
      const shares = instances.map((client, index) => {
        return sender(client, pool, Math.max(0, Math.min(share, count - index * share)));
      });
      return (await Promise.all(shares)).reduce((sum, delivered) => sum + delivered, 0);
    },
    async close() {
      await Promise.all(instances.map((client) => client.close()));
    },
  };
}
