import { enter, type Frame, leave } from './context';
import { observe } from './observe';
import { failStep, type StepContext } from './step';

/**
 * Runs a function as a step. Measures its duration and records its error.
 *
 * @param frame what runs inside of the function, for a step of a running trace
 */
export function runStep<T>(step: StepContext, fn: (step: StepContext) => T, frame?: Frame): T {
  const outer = frame && enter(frame);
  let result: T;
  try {
    result = fn(step);
  } catch (error) {
    if (frame) leave(outer);
    failStep(step, error);
    throw error;
  }
  if (frame) leave(outer);
  return observe(result, {
    succeed(value) {
      step.end();
      return value;
    },
    fail: (error) => failStep(step, error),
  });
}
