import type { Operation } from '../common';
import { Run } from './run';

/** Runs that may be under way at once. If there are more, the oldest are those that were left. */
const MAX_OPEN = 10_000;

/** The runs that are under way, by the id that the SDK gave them. */
const open = new Map<string, { run: Run; owner: object }>();

/**
 * Begins a run. If several integrations of this package are told of the same run, the first one records it.
 *
 * @param owner the integration
 */
export function openRun(
  callId: string,
  owner: object,
  start: () => Operation | undefined,
): Run | undefined {
  if (open.has(callId)) return undefined;
  const operation = start();
  if (!operation) return undefined;
  const run = new Run(operation, () => open.delete(callId));
  open.set(callId, { run, owner });
  for (const { run: oldest } of open.values()) {
    if (open.size <= MAX_OPEN) break;
    oldest.end();
  }
  return run;
}

/** @param owner the integration that must have begun it */
export function runOf(callId: string, owner?: object): Run | undefined {
  const found = open.get(callId);
  return owner === undefined || found?.owner === owner ? found?.run : undefined;
}

/** The number of runs under way. */
export function openRuns(): number {
  return open.size;
}
