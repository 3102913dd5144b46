import type { ExecutionStep, TaskData } from '../../index';
import { MAX_TASK_BYTES, MIN_CALLS_TO_TRIM } from '../bridge/limits';

interface Reduction {
  /** A description of the removed details, for the metadata of the first step. */
  name: string;
  /** @param steps the steps of the LLM calls */
  apply(task: TaskData, steps: ExecutionStep[]): void;
}

/** Ordered from the least to the most important. */
const REDUCTIONS: Reduction[] = [
  {
    name: 'previews and stacks of LLM calls',
    apply(_task, steps) {
      for (const step of steps) {
        step.inputPreview = undefined;
        step.outputPreview = undefined;
        if (step.error) step.error.stackTrace = undefined;
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
    name: 'metadata and errors of LLM calls',
    apply(_task, steps) {
      for (const step of steps) {
        step.metadata = undefined;
        step.error = undefined;
      }
    },
  },
];

/**
 * Removes details from a trace with very many LLM calls, because the platform would refuse a trace that is too
 * large. The metadata of the first step lists what was removed.
 *
 * @param task is modified in place
 * @returns the same task
 */
export function trimTask(task: TaskData): TaskData {
  const [execution, ...calls] = task.steps ?? [];
  if (calls.length < MIN_CALLS_TO_TRIM || sizeOf(task) <= MAX_TASK_BYTES) return task;
  const leftOut: string[] = [];
  execution.metadata = { leftOut };
  for (const { name, apply } of REDUCTIONS) {
    apply(task, calls);
    leftOut.push(name);
    if (sizeOf(task) <= MAX_TASK_BYTES) return task;
  }
  leftOut.push('later LLM calls');
  while (calls.length > 0 && sizeOf(task) > MAX_TASK_BYTES) {
    calls.length = Math.floor(calls.length / 2);
    task.steps = [execution, ...calls];
  }
  return task;
}

function sizeOf(task: TaskData): number {
  return Buffer.byteLength(JSON.stringify(task));
}
