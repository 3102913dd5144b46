// The matchers have types for Jest's global `expect`, too.
import { createTestClient, expectTrace } from 'infinium-o2/testing';

const { traces } = createTestClient({ timeout: 1000 });
expectTrace(traces[0]).not.toHaveUsedModel('m');
expect(traces[0]).toHaveCalledTool('t');
expect(traces[0]).not.toHaveTokensBelow(3);
