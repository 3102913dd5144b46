// The code of the documents runs with the Claude Agent SDK.
import { testDocuments } from '../documents.mjs';

const message = {
  id: 'm',
  model: 'claude-fake',
  role: 'assistant',
  content: [{ type: 'text', text: 'hi' }],
  usage: { input_tokens: 1, output_tokens: 1 },
};
const script = [
  { type: 'assistant', parent_tool_use_id: null, message },
  { type: 'result', subtype: 'success', result: 'hi', is_error: false, num_turns: 1 },
];

await testDocuments('claude-agent-sdk', {
  env: { FAKE_MESSAGES: JSON.stringify(script) },
  given: {},
  use: () => `
    const options = { pathToClaudeCodeExecutable: process.cwd() + '/fake-cli.mjs', env: process.env };
    for await (const message of query({ prompt: 'hi', options }));`,
});
