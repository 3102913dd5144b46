// Batches under the rate limit.
import { expectOrder } from '../support/arrivals';
import { concurrent, tasks } from '../support/client';
import { useServer } from '../support/use';

const server = useServer();

it('keeps to the rate limit across sends and batches', async () => {
  const client = concurrent(server.url, {
    enableRateLimiting: true,
    requestsPerSecond: 50,
    maxConcurrency: 100,
  });
  const start = performance.now();
  await client.sendBatch(tasks(100));
  await Promise.all([
    client.sendBatch(tasks(20)),
    client.sendBatchSequential(tasks(10)),
    ...tasks(10).map((one) => client.sendTaskData(one)),
  ]);
  const times = server.seen.map(({ at }) => at).sort((a, b) => a - b);
  expect(times).toHaveLength(140);
  // At any moment, no more than the burst and what the rate allows since the start; a busy machine can only
  // be later than that.
  for (const [index, time] of times.entries()) {
    const seconds = (time - start) / 1000;
    expect(index + 1).toBeLessThanOrEqual(100 + 50 * seconds);
  }
  // 40 more than the burst take 800 ms.
  expect(times[139] - start).toBeGreaterThan(790);
});

describe('a batch', () => {
  it('is sent in the order of its tasks, as the rate limit lets it', async () => {
    const client = concurrent(server.url, {
      enableRateLimiting: true,
      requestsPerSecond: 40,
      maxConcurrency: 200,
    });
    const all = tasks(100);
    await client.sendBatch(all);
    // Those of the burst start at once and arrive in any order, and those who come soon after may still
    // wait for a connection while others have one.
    const late = all.slice(90).map(({ name }) => name);
    expectOrder(server, late, 20);
  });
});
