// What a client written by hand must do to a task: use the keys and the order of the wire format, and
// leave out empty values. No checks, no types: the minimum that the platform accepts.

const SECTIONS = new Set([
  'timeTracking',
  'customer',
  'support',
  'sales',
  'marketing',
  'content',
  'research',
  'project',
  'development',
  'executive',
  'general',
]);
const LEADING = [
  'name',
  'description',
  'currentDatetime',
  'duration',
  'inputSummary',
  'outputSummary',
  'outcome',
  'expectedOutcome',
  'steps',
  'errors',
  'llmUsage',
];
const AS_GIVEN = new Set(['metadata', 'customTags']);

/** @type {Map<string, string>} */
const names = new Map();

/** @param {string} key */
function nameOf(key) {
  let name = names.get(key);
  if (name === undefined) {
    name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    names.set(key, name);
  }
  return name;
}

/**
 * @param {any} value
 * @returns {unknown}
 */
function convert(value) {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const key in value) put(out, key, value[key]);
  return out;
}

/**
 * @param {Record<string, unknown>} out
 * @param {string} key
 * @param {any} value
 */
function put(out, key, value) {
  if (value === undefined || value === null) return;
  if (Array.isArray(value) && value.length === 0) return;
  out[nameOf(key)] = AS_GIVEN.has(key) ? value : convert(value);
}

/** @param {Record<string, any>} task */
export function toWire(task) {
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const key of LEADING) put(out, key, task[key]);
  /** @type {Record<string, unknown> | undefined} */
  let sections;
  for (const key in task) {
    if (!SECTIONS.has(key)) continue;
    sections ??= {};
    put(sections, key, task[key]);
  }
  if (sections) out.sections = sections;
  put(out, 'environment', task.environment);
  return out;
}
