// Traces for the tests of the page.

/** A trace with a tree, every kind of content, and a step that failed. */
export const RICH = {
  name: 'Plan a voyage',
  description: 'Plans a voyage around a cape',
  current_datetime: '2026-11-23T09:30:00Z',
  duration: 2,
  input_summary: 'Plan a voyage around **Cape Horn**.\n\n- by sail\n- in winter',
  output_summary: '# Plan\n\nGo *east*, with `care`. See [charts](https://example.org/charts).',
  outcome: 'failure',
  steps: [
    {
      step_number: 1,
      action: 'agent',
      description: 'Planner',
      duration_ms: 2000,
      metadata: { start_offset_ms: 0 },
    },
    {
      step_number: 2,
      action: 'llm_call',
      description: 'openai/gpt-4o',
      duration_ms: 700,
      input_preview:
        '{"messages":[{"role":"user","content":"Which way?"}],"big":12345678901234567890}',
      output_preview: 'I need the weather.',
      llm_call: {
        model: 'gpt-4o',
        provider: 'openai',
        prompt_tokens: 812,
        completion_tokens: 17,
        latency_ms: 690,
        temperature: 0.2,
      },
      metadata: {
        start_offset_ms: 100,
        parent_step: 1,
        cached_tokens: 512,
        reasoning_tokens: 9,
        finish_reason: 'tool_calls',
        time_to_first_token_ms: 120,
        cost_usd: 0.004,
      },
    },
    {
      step_number: 3,
      action: 'tool_call',
      description: 'get_weather',
      duration_ms: 300,
      error: {
        error_type: 'TypeError',
        message: 'wind is undefined',
        stack_trace:
          'TypeError: wind is undefined\n    at sail (/app/src/sail.js:3:9)\n    at run (/app/node_modules/pkg/run.js:1:1)',
      },
      tool_call: {
        tool_name: 'get_weather',
        duration_ms: 290,
        input_summary: '{"place":"Cape Horn"}',
        http_status: 503,
      },
      metadata: { start_offset_ms: 900, parent_step: 1 },
    },
    {
      step_number: 4,
      action: 'llm_call',
      description: 'openai/gpt-4o',
      duration_ms: 600,
      input_preview: `A chart: data:image/png;base64,${'A'.repeat(2000)}`,
      output_preview: `${'x'.repeat(1497)}...`,
      llm_call: { model: 'gpt-4o', provider: 'openai', prompt_tokens: 100, completion_tokens: 50 },
      metadata: { start_offset_ms: 1300, parent_step: 1 },
    },
  ],
  llm_usage: {
    model: 'gpt-4o',
    provider: 'openai',
    prompt_tokens: 912,
    completion_tokens: 67,
    estimated_cost_usd: 0.006,
  },
  environment: {
    framework: 'none',
    custom_tags: { session_id: 'voyage-1', team: 'sail' },
  },
  prompt_studio: {
    prompts_used: [
      {
        prompt_id: 'p1',
        prompt_name: 'Planner prompt',
        version: 3,
        source: 'prompt_studio',
        variables_used: ['place'],
        fetched_at: '2026-11-23T09:29:00Z',
      },
    ],
  },
};

/** What a text may hold that wants to become something else. */
export const HOSTILE_TEXT = [
  '<img src=x onerror="window.hacked=1">',
  '<script>window.hacked=1</script>',
  '"><svg onload=window.hacked=1>',
  'javascript:window.hacked=1 \' " `',
  '[click](javascript:window.hacked=1)',
  '\u202Egnp.exe\u0000\u001b[31m',
  '{{constructor.constructor("window.hacked=1")()}}',
].join('\n');

/** A trace with such a text in every field. */
export const HOSTILE = hostile({
  ...RICH,
  environment: { ...RICH.environment, [HOSTILE_TEXT]: 'x' },
});

/** @param {any} value @param {string} [key] @returns {any} */
function hostile(value, key = '') {
  if (key === 'current_datetime') return value;
  if (typeof value === 'string') return HOSTILE_TEXT;
  if (Array.isArray(value)) return value.map((item) => hostile(item, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, hostile(item, name)]),
  );
}

/** @param {string} name @param {Record<string, any>} [more] */
export const plain = (name, more = {}) => ({
  name,
  description: 'd',
  current_datetime: '2026-11-23T09:30:00Z',
  duration: 1,
  ...more,
});
