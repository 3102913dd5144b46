import type { ExecutionStep, TaskData } from '../../index';
import { MAX_TASK_BYTES, MIN_STEPS_TO_TRIM } from '../bridge/limits';

interface Reduction {
  /** A description of the removed details, for the metadata of the first step. */
  name: string;
  /** @param steps all steps but the first */
  apply(task: TaskData, steps: ExecutionStep[]): void;
}

/** Ordered from the least to the most important. */
const REDUCTIONS: Reduction[] = [
  {
    name: 'previews and stacks of steps',
    apply(_task, steps) {
      for (const step of steps) {
        step.inputPreview = undefined;
        step.outputPreview = undefined;
        if (step.error) step.error.stackTrace = undefined;
        if (!step.toolCall) continue;
        step.toolCall.inputSummary = undefined;
        step.toolCall.outputSummary = undefined;
        if (step.toolCall.error) step.toolCall.error.stackTrace = undefined;
      }
    },
  },
  {
    name: 'llmUsage.calls',
    apply(task) {
      if (task.llmUsage) task.llmUsage.calls = undefined;
    },
  },
  {
    name: 'metadata and errors of steps',
    apply(_task, steps) {
      for (const step of steps) {
        step.metadata = undefined;
        step.error = undefined;
      }
    },
  },
];

/** An escaped UTF-16 unit is the longest in JSON: `\\u0000`. */
const MAX_UNIT_BYTES = 6;

/**
 * Removes details from a trace with very many steps, because the platform would refuse a trace that is too
 * large. The metadata of the first step lists what was removed.
 *
 * @param task is modified in place
 * @param isUnlimited whether few steps may be large, too
 * @param units of its JSON without escapes, at most
 * @returns the same task
 */
export function trimTask(task: TaskData, isUnlimited: boolean, units: number): TaskData {
  // Most traces are far from the limit, and need not be written to know that.
  if (MAX_UNIT_BYTES * units <= MAX_TASK_BYTES) return task;
  const [execution, ...steps] = task.steps ?? [];
  if (!isUnlimited && steps.length < MIN_STEPS_TO_TRIM) return task;
  if (sizeOf(task) <= MAX_TASK_BYTES) return task;
  const leftOut: string[] = [];
  execution.metadata = { ...execution.metadata, left_out: leftOut };
  for (const { name, apply } of REDUCTIONS) {
    apply(task, steps);
    leftOut.push(name);
    if (sizeOf(task) <= MAX_TASK_BYTES) return task;
  }
  leftOut.push('later steps');
  while (steps.length > 0 && sizeOf(task) > MAX_TASK_BYTES) {
    steps.length = Math.floor(steps.length / 2);
    task.steps = [execution, ...steps];
  }
  return task;
}

function sizeOf(task: TaskData): number {
  return Buffer.byteLength(JSON.stringify(task));
}
