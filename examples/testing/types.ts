// The matchers have types for Jest's global `expect`, too.
import { createTestClient, expectTrace } from 'infinium-o2/testing';

const { traces } = createTestClient({ timeout: 1000 });
expectTrace(traces[0]).not.toHaveUsedModel('m');
export const jestExpectations: jest.JestMatchers<unknown> = {} as never;
jestExpectations.toHaveCalledTool('t');
jestExpectations.not.toHaveTokensBelow(3);
