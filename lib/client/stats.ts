import type { ClientStats } from '../../index';
import { errorNameOf } from '../bridge/failure';

/** The counts as the native client describes them: it counts failures by the kind of error. */
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
