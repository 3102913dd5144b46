// What the fake program `claude` says: messages as those of the real one.

export const cli = new URL('../../../examples/claude-agent-sdk/fake-cli.mjs', import.meta.url)
  .pathname;

const MODEL = 'claude-test';

export const init = (more) => ({
  type: 'system',
  subtype: 'init',
  model: MODEL,
  tools: ['Bash', 'Task'],
  claude_code_version: '9.9.9',
  ...more,
});

export const usage = (input, output, more) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  ...more,
});

export const text = (value) => ({ type: 'text', text: value });
export const toolUse = (id, name, input) => ({ type: 'tool_use', id, name, input });

/** One message of an answer, with some of its blocks. */
export const says = (
  id,
  content,
  { parent = null, counts = usage(10, 5), stop = null, ...more } = {},
) => ({
  type: 'assistant',
  parent_tool_use_id: parent,
  message: { id, model: MODEL, role: 'assistant', content, stop_reason: stop, usage: counts },
  ...more,
});

export const returns = (id, content, { parent = null, isError = false, details } = {}) => ({
  type: 'user',
  parent_tool_use_id: parent,
  tool_use_result: details,
  message: {
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: id, content, is_error: isError }],
  },
});

export const event = (value, more) => ({
  type: 'stream_event',
  parent_tool_use_id: null,
  event: value,
  ...more,
});

export const result = (more) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'done',
  num_turns: 1,
  duration_ms: 5,
  duration_api_ms: 4,
  total_cost_usd: 0.25,
  usage: {},
  modelUsage: {
    [MODEL]: {
      inputTokens: 10,
      outputTokens: 5,
      cacheReadInputTokens: 0,
      cacheCreationInputTokens: 0,
      costUSD: 0.25,
    },
  },
  permission_denials: [],
  ...more,
});

/** The options of a query that makes the fake program say this. */
export const saying = (messages, more) => ({
  pathToClaudeCodeExecutable: cli,
  env: { ...process.env, FAKE_MESSAGES: JSON.stringify(messages) },
  ...more,
});
