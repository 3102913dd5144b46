// The traces that are sent: what an agent with tools and a model reports, in any size wanted.

/** Occurs once in every trace; the sink counts traces by it. */
const MARK = 'bench-trace';

/** Number of distinct tasks in a pool, so that no result comes from repeating the same task. */
const POOL = 16;

const PROSE = {
  ascii:
    'The agent read the quarterly report, compared revenue with the forecast and drafted two ' +
    'sentences for the board. It asked the model once more, because the first draft named a ' +
    'region that does not occur in the source. Figures were checked against the "Q4" sheet. ',
  emoji:
    'L’agent a relu le rapport 📈 et l’a comparé aux prévisions, région par région 🌍. Первый ' +
    'черновик был слишком длинным ✂️, второй уместился в две фразы 👍🏽. 四半期の売上は予想を上回りました 🎉. ',
};

/**
 * @param {number} bytes of `JSON.stringify(task)` in UTF-8, exactly; at least 240
 * @param {'ascii' | 'emoji'} text
 * @returns {object[]} tasks as a user of the SDK writes them
 */
export function makePool(bytes, text) {
  return Array.from({ length: POOL }, (_, index) => makeTask(bytes, text, index));
}

/**
 * @param {number} bytes
 * @param {'ascii' | 'emoji'} text
 * @param {number} index
 */
function makeTask(bytes, text, index) {
  const prose = PROSE[text].repeat(8);
  const task = {
    name: `${MARK} ${10 + index}: summarize the report`,
    description: 'Two sentences for the board',
    currentDatetime: '2026-11-23T09:30:00.000Z',
    duration: 2.25 + index / 8,
    outputSummary: '',
  };
  const add = (/** @type {object} */ more) => {
    const grown = { ...task, ...more };
    if (sizeOf(grown) > bytes) return false;
    Object.assign(task, more);
    return true;
  };
  add({
    llmUsage: {
      model: 'gpt-4o',
      provider: 'openai',
      promptTokens: 1320 + index,
      completionTokens: 245,
      totalTokens: 1565 + index,
      estimatedCostUsd: 0.00575,
      apiCallsCount: 2,
    },
  });
  add({ inputSummary: cut(prose, 80) });
  const steps = [];
  for (let size = sizeOf(task); ; ) {
    const step = makeStep(steps.length + 1, prose);
    size += sizeOf(step) + 12;
    if (size > bytes) break;
    steps.push(step);
  }
  if (steps.length > 0) add({ steps });
  return fill(task, bytes, prose);
}

/**
 * @param {number} number
 * @param {string} prose
 */
function makeStep(number, prose) {
  const shared = {
    stepNumber: number,
    durationMs: 12 + (number % 90),
    inputPreview: cut(prose.slice(2 * (number % 40)), 60),
    outputPreview: cut(prose.slice(2 * (number % 60)), 90),
  };
  if (number % 2 === 0) {
    const toolCall = { toolName: 'search', durationMs: 8 + (number % 60), httpStatus: 200 };
    return { ...shared, action: 'tool_use', description: `Look up figure ${number}`, toolCall };
  }
  const llmCall = {
    model: 'gpt-4o',
    provider: 'openai',
    promptTokens: 640 + number,
    completionTokens: 120,
    latencyMs: 830 + number,
  };
  return { ...shared, action: 'llm_call', description: `Draft ${number}`, llmCall };
}

/**
 * Adds text to a task until it has the wanted size.
 *
 * @param {any} task
 * @param {number} bytes
 * @param {string} prose
 */
function fill(task, bytes, prose) {
  const missing = bytes - sizeOf(task);
  if (missing < 0) throw new RangeError(`a task of ${bytes} bytes is too small`);
  const plain = prose.replaceAll('"', "'");
  let summary = '';
  let size = 0;
  for (const character of plain.repeat(Math.ceil(missing / plain.length))) {
    const more = Buffer.byteLength(character);
    if (size + more > missing) break;
    summary += character;
    size += more;
  }
  task.outputSummary = summary + '.'.repeat(missing - size);
  return task;
}

/**
 * @param {string} text
 * @param {number} length
 */
function cut(text, length) {
  // By code points, so that no emoji is cut in two.
  return Array.from(text).slice(0, length).join('');
}

/** @param {unknown} value */
function sizeOf(value) {
  return Buffer.byteLength(JSON.stringify(value));
}
