// Traces for tests and measurements of the local platform. The same number makes the same trace.

const COMMON =
  'whale captain ocean ship harpoon voyage storm sailor island chapter white leviathan'.split(' ');
const SYLLABLES = 'ba de fi go ku la me ni po ru sa te vi wo zu'.split(' ');
/** A few words that are in most texts, and thousands that are in few, as in a language. */
const WORDS = [
  ...COMMON,
  ...Array.from({ length: 3000 }, (_, index) =>
    [index % 15, Math.floor(index / 15) % 15, Math.floor(index / 225)]
      .map((at) => SYLLABLES[at])
      .join(''),
  ),
];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'gemini-2.5-pro'];
const TOOLS = ['search_web', 'read_file', 'run_query', 'send_mail'];

/** @param {number} seed a generator of numbers from 0 to 1 (mulberry32) */
function random(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * @param {number} number
 * @param {{ steps?: number, words?: number }} [size] steps of the trace, and words of each text
 * @returns {Record<string, any>} the body of a trace, as the platform takes it
 */
export function makeTrace(number, { steps = 5, words = 25 } = {}) {
  const next = random(number + 1);
  /** @type {<T>(items: T[]) => T} */
  const pick = (items) => items[Math.floor(next() * items.length)];
  const text = (/** @type {number} */ length) =>
    Array.from({ length }, () => WORDS[Math.floor(WORDS.length * next() ** 4)]).join(' ');
  const model = pick(MODELS);
  const fails = next() < 0.05;
  let offset = 0;
  const made = Array.from({ length: steps }, (_, index) => {
    const ms = Math.floor(20 + next() * 900);
    const step = {
      step_number: index + 1,
      action: index % 2 ? 'tool_call' : 'llm_call',
      description: index % 2 ? 'Use a tool' : `openai/${model}`,
      duration_ms: ms,
      input_preview: text(words),
      output_preview: text(words),
      ...(fails &&
        index === steps - 1 && {
          error: { error_type: 'TimeoutError', message: 'the tool did not answer in time' },
        }),
      ...(index % 2
        ? { tool_call: { tool_name: pick(TOOLS), duration_ms: ms } }
        : {
            llm_call: {
              model,
              provider: 'openai',
              prompt_tokens: Math.floor(next() * 4000),
              completion_tokens: Math.floor(next() * 600),
              latency_ms: ms,
            },
          }),
      metadata: { start_offset_ms: offset, ...(index > 0 && { parent_step: 1 }) },
    };
    offset += ms;
    return step;
  });
  const tokens = (/** @type {'prompt_tokens' | 'completion_tokens'} */ kind) =>
    made.reduce((sum, step) => sum + ('llm_call' in step ? step.llm_call[kind] : 0), 0);
  return {
    name: `Answer question ${number}`,
    description: 'Answers a question about a book',
    current_datetime: '2026-11-23T09:30:00Z',
    duration: offset / 1000,
    input_summary: text(words),
    output_summary: text(words),
    outcome: fails ? 'failure' : 'success',
    steps: made,
    llm_usage: {
      model,
      provider: 'openai',
      prompt_tokens: tokens('prompt_tokens'),
      completion_tokens: tokens('completion_tokens'),
      estimated_cost_usd: Number((tokens('prompt_tokens') * 0.0000025).toFixed(6)),
    },
    environment: {
      custom_tags: { session_id: `session-${number % 500}`, team: pick(['red', 'blue', 'green']) },
    },
  };
}
