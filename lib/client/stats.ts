import type { ClientStats } from '../../index';
import { errorNameOf } from '../bridge/failure';

/** Counts as reported by the native client, which counts failures by error kind. */
interface StatsDescription extends Omit<ClientStats, 'failedByError'> {
  failedByKind: Record<string, number>;
}

export function readStats(json: string): ClientStats {
  const { submitted, delivered, failed, failedByKind, ...others } = JSON.parse(
    json,
  ) as StatsDescription;
  const failedByError: Record<string, number> = {};
  for (const [kind, count] of Object.entries(failedByKind)) {
    const name = errorNameOf(kind);
    failedByError[name] = (failedByError[name] ?? 0) + count;
  }
  return { submitted, delivered, failed, failedByError, ...others };
}
