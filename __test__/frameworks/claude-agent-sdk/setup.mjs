// One version of the SDK, and a platform on this machine that gets the traces of its queries.
import { after, before, beforeEach } from 'node:test';
import { watchQuery } from 'infinium-o2/claude-agent-sdk';
import { startPlatform } from '../platform.mjs';
import { init, result, returns, saying, says, text, toolUse, usage } from './script.mjs';

/** A query with one tool. */
export const simple = [
  init(),
  says('m1', [text('let me see')], { counts: usage(10, 1) }),
  says('m1', [toolUse('t1', 'Bash', { command: 'ls' })], { counts: usage(10, 7) }),
  returns('t1', 'a.txt'),
  says('m2', [text('done')], { counts: usage(20, 9), stop: 'end_turn' }),
  result({ num_turns: 2 }),
];

/** @param {any} sdk the module `@anthropic-ai/claude-agent-sdk` */
export function setup(sdk) {
  const context = {};
  before(async () => {
    context.platform = await startPlatform();
    context.client = context.platform.client;
  });
  after(() => context.platform.stop());
  beforeEach(() => context.platform.traces.splice(0));

  /** Runs a query to its end, and returns its messages. */
  context.play = async (messages, { options, prompt = 'hi', ...more } = {}) => {
    const query = watchQuery(sdk.query, { client: context.client, ...more });
    const seen = [];
    for await (const message of query({ prompt, options: saying(messages, options) })) {
      seen.push(message);
    }
    return seen;
  };
  context.sent = () => context.platform.sent();
  return context;
}
