// A trace, read for its views: steps with their facts, the tree, and when each step ran.

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{
 *   index: number,
 *   number: number,
 *   action: string,
 *   title: string,
 *   parent: Step | null,
 *   children: Step[],
 *   depth: number,
 *   start: number,
 *   ms: number,
 *   isStartTold: boolean,
 *   isDurationTold: boolean,
 *   isCritical: boolean,
 *   error: Json | null,
 *   json: Json,
 * }} Step
 * @typedef {{ steps: Step[], totalMs: number, isTimeTold: boolean }} Model
 */

/**
 * @param {Json} body
 * @returns {Model} the steps in the order of the tree
 */
export function readTrace(body) {
  const list = Array.isArray(body.steps)
    ? body.steps.filter((step) => step && typeof step === 'object')
    : [];
  const steps = list.map(readStep);
  link(steps);
  const told = steps.filter(({ isStartTold }) => isStartTold).length;
  const isTimeTold = told > 0 && told >= steps.length / 2;
  if (!isTimeTold)
    layOut(
      steps.filter(({ parent }) => !parent),
      0,
    );
  const traceMs = Number(body.duration) * 1000 || 0;
  const totalMs = steps.reduce((end, { start, ms }) => Math.max(end, start + ms), traceMs) || 1;
  const roots = steps.filter(({ parent }) => !parent);
  if (isTimeTold) markCritical(roots);
  return { steps: flatten(roots), totalMs, isTimeTold };
}

/**
 * @param {Json} json
 * @param {number} index
 * @returns {Step}
 */
function readStep(json, index) {
  const llm = json.llm_call ?? {};
  const tool = json.tool_call ?? {};
  const ms = [json.duration_ms, llm.latency_ms, tool.duration_ms].find(Number.isFinite);
  const start = json.metadata?.start_offset_ms;
  const name = tool.tool_name ?? llm.model;
  return {
    index,
    number: Number.isFinite(json.step_number) ? json.step_number : index + 1,
    action: String(json.action ?? ''),
    title: String(name ?? json.description ?? ''),
    parent: null,
    children: [],
    depth: 0,
    start: Number.isFinite(start) ? start : 0,
    ms: ms ?? 0,
    isStartTold: Number.isFinite(start),
    isDurationTold: ms !== undefined,
    isCritical: false,
    error: json.error ?? tool.error ?? null,
    json,
  };
}

/** Finds the parent of each step. @param {Step[]} steps */
function link(steps) {
  const byNumber = new Map(steps.map((step) => [step.number, step]));
  for (const step of steps) {
    const parent = byNumber.get(step.json.metadata?.parent_step);
    // A step that names itself or one of its descendants would make a circle.
    if (!parent || isWithin(parent, step)) continue;
    step.parent = parent;
    parent.children.push(step);
  }
  for (const step of steps) step.depth = depthOf(step);
}

/** @param {Step | null} step @param {Step} ancestor */
function isWithin(step, ancestor) {
  for (let at = step; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** @param {Step} step */
function depthOf(step) {
  let depth = 0;
  for (let at = step.parent; at; at = at.parent) depth += 1;
  return depth;
}

/** Places steps one after another, since nobody told when they ran. @param {Step[]} siblings @param {number} from */
function layOut(siblings, from) {
  let at = from;
  for (const step of siblings) {
    step.start = at;
    layOut(step.children, at);
    const inner = step.children.reduce((end, child) => Math.max(end, child.start + child.ms), at);
    step.ms = Math.max(step.ms, inner - at);
    at += step.ms;
  }
}

/**
 * Marks the steps without which the trace would have been shorter: from the end backwards, always the step
 * that ended last before the next one began.
 *
 * @param {Step[]} roots
 */
function markCritical(roots) {
  /** @type {Map<Step, number>} */
  const ends = new Map();
  // Steps come after those that they are part of, so this sees the parts first.
  for (const step of flatten(roots).reverse()) {
    const parts = step.children.map((child) => ends.get(child) ?? 0);
    ends.set(step, Math.max(step.start + step.ms, ...parts));
  }
  const endOf = (/** @type {Step} */ step) => ends.get(step) ?? 0;
  const queue = [roots];
  for (let siblings = queue.pop(); siblings; siblings = queue.pop()) {
    const byEnd = siblings.filter(({ ms }) => ms > 0).sort((a, b) => endOf(b) - endOf(a));
    let limit = Number.POSITIVE_INFINITY;
    for (const step of byEnd) {
      // A millisecond of tolerance, because starts and durations are rounded.
      if (endOf(step) > limit + 1) continue;
      step.isCritical = true;
      limit = step.start;
      queue.push(step.children);
    }
  }
}

/** @param {Step[]} roots @returns {Step[]} */
function flatten(roots) {
  /** @type {Step[]} */
  const flat = [];
  const stack = [...roots].reverse();
  for (let step = stack.pop(); step; step = stack.pop()) {
    flat.push(step);
    for (let index = step.children.length - 1; index >= 0; index -= 1)
      stack.push(step.children[index]);
  }
  return flat;
}

/** Facts about a model call, from where senders put them. @param {Json} json @returns {[string, string][]} */
export function callFacts(json) {
  const llm = json.llm_call ?? {};
  const metadata = json.metadata ?? {};
  /** @param {string[]} names */
  const of = (...names) =>
    names.map((name) => metadata[name] ?? llm[name]).find((value) => value !== undefined);
  const facts = {
    Model: llm.model,
    Provider: llm.provider,
    'Tokens in': llm.prompt_tokens,
    'of these cached': of('cached_tokens', 'cachedTokens'),
    'Tokens out': llm.completion_tokens,
    'of these reasoning': of('reasoning_tokens', 'reasoningTokens'),
    'Cost, USD': of('cost_usd', 'cost'),
    'Latency, ms': llm.latency_ms,
    'Time to first token, ms': of('time_to_first_token_ms'),
    'Finish reason': of('finish_reason'),
    Temperature: llm.temperature,
    Purpose: llm.purpose,
  };
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
}
