import { type Checks, checks, type Result, readTrace } from './checks';
import { describe } from './expect';

type Matchers = Record<
  keyof Checks,
  (received: unknown, ...values: any[]) => { pass: boolean; message: () => string }
>;

/** The same expectations for `expect.extend` of Jest, Vitest, and what is like them. */
export const matchers = Object.fromEntries(
  Object.entries(checks).map(([name, check]) => [
    name,
    (received: unknown, ...values: any[]) => {
      const trace = readTrace(received);
      const result = (check as (...all: any[]) => Result)(trace, ...values);
      return { pass: result.pass, message: () => describe(trace, !result.pass, result) };
    },
  ]),
) as Matchers;
