import { isAsyncFunction } from 'node:util/types';
import { observe } from './observe';
import { failStep, type StepContext } from './step';

/** Runs a function as a step. Measures its duration and records its error. */
export function runStep<T>(step: StepContext, fn: (step: StepContext) => T): T {
  let result: T;
  try {
    result = fn(step);
  } catch (error) {
    failStep(step, error);
    throw error;
  }
  const outcome = {
    succeed: () => step.end(),
    fail: (error: unknown) => failStep(step, error),
  };
  return observe(result, outcome, { isFresh: isAsyncFunction(fn) });
}
