import type { ExecutionStep } from '../../index';
import type { CallRecord } from './call-record';
import type { StepContext } from './step';

/**
 * The final order of a trace's steps. Spans of OpenTelemetry need it: what a span is about is known when it ends, and
 * it may say that it has begun earlier.
 */
export interface Arrangement {
  readonly steps: readonly (CallRecord | StepContext)[];
  /**
   * The new number of a step, by the one that it had. Of a step that is left out: that of the step it was in, or
   * undefined.
   */
  readonly numbers: ReadonlyMap<number, number | undefined>;
  /** The steps that are spans of OpenTelemetry. */
  readonly spans: ReadonlySet<CallRecord | StepContext>;
}

/** The members of a step's metadata that are numbers of steps. */
const REFERENCES = ['parent_step', 'requested_by_step'];

/** Gives a step its new number, in place. */
export function renumber(
  step: ExecutionStep,
  stepNumber: number,
  numbers: Arrangement['numbers'],
): ExecutionStep {
  step.stepNumber = stepNumber;
  const metadata: Record<string, unknown> = { ...step.metadata };
  for (const name of REFERENCES) {
    const number = metadata[name];
    if (typeof number === 'number') metadata[name] = numbers.get(number);
  }
  const isEmpty = Object.values(metadata).every((value) => value === undefined);
  step.metadata = isEmpty ? undefined : metadata;
  return step;
}
