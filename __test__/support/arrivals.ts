// The order in which tasks arrive at a server.
import type { Server } from './http';

/**
 * Fails unless the tasks of these names arrived in this order. Those that arrived less than `tie`
 * milliseconds apart count as simultaneous: they come over connections of their own, and a busy server reads
 * them in any order. Choose it below the time that the rate limit puts between two tasks.
 */
export function expectOrder(server: Server, names: string[], tie: number): void {
  const arrivals = new Map(server.seen.map(({ body, at }) => [body.name, at]));
  const times = names.map((name) => arrivals.get(name) ?? Number.NaN);
  const overtaken = names.filter((_, index) =>
    times.slice(index + 1).some((later) => !(times[index] < later + tie)),
  );
  expect(overtaken).toEqual([]);
}
