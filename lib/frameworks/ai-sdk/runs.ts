import type { ModelCall, Operation } from '../common';
import { Run } from './run';

/** A run of which version 7 tells, and what only its hooks know of it. */
export class HookedRun extends Run {
  /** The integration that records it. */
  readonly owner: object;
  /** The call of an operation that makes only one, and tells of its end apart from it. */
  whole?: ModelCall;
  /** Requests for embeddings under way. */
  readonly embeds = new Map<string, { call: ModelCall; values: unknown }>();
  rerank?: Operation;
  /** Whether the channel tells when the run is over. */
  isHeard = false;

  constructor(callId: string, operation: Operation, owner: object) {
    super(operation, () => open.delete(callId));
    this.owner = owner;
  }
}

/** Runs that may be under way at once. If there are more, the oldest are those that were left. */
const MAX_OPEN = 10_000;

/** The runs that are under way, by the id that the SDK gave them. */
const open = new Map<string, HookedRun>();

/**
 * Begins a run. If several integrations of this package are told of the same run, the first one records it.
 *
 * @param owner the integration
 */
export function openRun(
  callId: string,
  owner: object,
  start: () => Operation | undefined,
): HookedRun | undefined {
  if (open.has(callId)) return undefined;
  const operation = start();
  if (!operation) return undefined;
  const run = new HookedRun(callId, operation, owner);
  open.set(callId, run);
  for (const oldest of open.values()) {
    if (open.size <= MAX_OPEN) break;
    oldest.end();
  }
  return run;
}

/** @param owner the integration that must have begun it */
export function runOf(callId: string, owner?: object): HookedRun | undefined {
  const run = open.get(callId);
  return owner === undefined || run?.owner === owner ? run : undefined;
}
