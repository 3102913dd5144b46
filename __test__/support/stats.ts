// An invariant of the counts of a client.
import type { ClientStats, InfiniumClient } from 'infinium-o2';

/** The counts, once it is certain that no task is missing in them. */
export function conserved(client: Pick<InfiniumClient, 'stats'>): ClientStats {
  const stats = client.stats();
  const { submitted, delivered, failed, dropped, pending } = stats;
  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  expect(submitted).toBe(delivered + failed + dropped + pending);
  expect([sum(stats.failedByError), sum(stats.droppedByReason)]).toEqual([failed, dropped]);
  return stats;
}
