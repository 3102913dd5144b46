// An agent of the Claude Agent SDK that uses a tool and a subagent. Its query is sent as one trace.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine, INFINIUM_BASE_URL. In place of the
// program `claude`, the SDK starts fake-cli.mjs, so nothing else leaves the machine. Run it with: node agent.mjs

import { fileURLToPath } from 'node:url';
import * as sdk from '@anthropic-ai/claude-agent-sdk';
import { InfiniumClient } from 'infinium-o2';
import { watchQuery } from 'infinium-o2/claude-agent-sdk';

const client = new InfiniumClient();
const query = watchQuery(sdk.query, { client, captureContent: true, name: 'Count files' });

const messages = query({
  prompt: 'How many files are in this project?',
  options: {
    pathToClaudeCodeExecutable: fileURLToPath(new URL('fake-cli.mjs', import.meta.url)),
    env: { ...process.env, FAKE_MESSAGES: JSON.stringify(script()) },
  },
});
for await (const message of messages) {
  if (message.type === 'result' && message.subtype === 'success') console.log(message.result);
}
await client.close();

/** What the fake program says. */
function script() {
  const model = 'claude-fake';
  const says = (
    /** @type {string} */ id,
    /** @type {object} */ block,
    /** @type {string | null} */ parent = null,
  ) => ({
    type: 'assistant',
    parent_tool_use_id: parent,
    message: {
      id,
      model,
      role: 'assistant',
      content: [block],
      stop_reason: 'end_turn',
      usage: { input_tokens: 50, output_tokens: 9, cache_read_input_tokens: 400 },
    },
  });
  const uses = (
    /** @type {string} */ id,
    /** @type {string} */ name,
    /** @type {object} */ input,
  ) => ({ type: 'tool_use', id, name, input });
  const returns = (
    /** @type {string} */ id,
    /** @type {string} */ content,
    /** @type {string | null} */ parent = null,
  ) => ({
    type: 'user',
    parent_tool_use_id: parent,
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  });
  return [
    {
      type: 'system',
      subtype: 'init',
      model,
      tools: ['Bash', 'Task'],
      claude_code_version: 'fake',
    },
    says('msg_1', uses('task', 'Task', { subagent_type: 'explorer', prompt: 'Count them.' })),
    says('msg_2', uses('bash', 'Bash', { command: 'ls | wc -l' }), 'task'),
    returns('bash', '3', 'task'),
    says('msg_3', { type: 'text', text: 'Three.' }, 'task'),
    returns('task', 'Three.'),
    says('msg_4', { type: 'text', text: 'There are 3 files.' }),
    {
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: 'There are 3 files.',
      num_turns: 2,
      total_cost_usd: 0.0123,
      usage: {},
      modelUsage: {},
      permission_denials: [],
    },
  ];
}
