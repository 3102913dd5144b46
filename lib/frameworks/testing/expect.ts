import { AssertionError } from 'node:assert';
import type { TaskData } from '../../../index';
import { type Checks, checks, type Result, readTrace } from './checks';

type Expectations = {
  [Name in keyof Checks]: Checks[Name] extends (trace: TaskData, ...values: infer V) => Result
    ? (...values: V) => void
    : never;
};

/** Says what is expected of a trace, with errors that any test runner shows. */
export function expectTrace(trace: unknown): Expectations & { not: Expectations } {
  const read = readTrace(trace);
  return { ...expectations(read, true), not: expectations(read, false) };
}

function expectations(trace: TaskData, wanted: boolean): Expectations {
  const entries = Object.entries(checks).map(([name, check]) => {
    const expectation = (...values: any[]) => {
      const { pass, expected, actual } = (check as (...all: any[]) => Result)(trace, ...values);
      if (pass === wanted) return;
      throw new AssertionError({
        message: describe(trace, wanted, { expected, actual }),
        operator: name,
        stackStartFn: expectation,
      });
    };
    return [name, expectation];
  });
  return Object.fromEntries(entries);
}

/** The message of a failed expectation. */
export function describe(
  { name }: TaskData,
  wanted: boolean,
  { expected, actual }: Pick<Result, 'expected' | 'actual'>,
): string {
  const not = wanted ? '' : 'not ';
  return `expected the trace ${JSON.stringify(name)} ${not}to ${expected}, but ${actual}`;
}
