import { CallRecord } from '../../trace/call-record';
import { type Place, placeOf, type StepContext } from '../../trace/step';

/** Where a step is within its trace. */
export function placeIn(step: CallRecord | StepContext): Place {
  if (!(step instanceof CallRecord)) return placeOf(step);
  const { started, latencyNs, parentStep } = step;
  return {
    started: Number(started) / 1e6,
    durationMs: latencyNs === undefined ? undefined : Number(latencyNs) / 1e6,
    parent: parentStep,
  };
}
