// All that is known about one step.
import { content } from '../content/content.js';
import { jsonView } from '../content/json.js';
import { h } from '../dom.js';
import { duration } from '../format.js';
import { callFacts } from './model.js';
import { label } from './waterfall.js';

/** Where the SDK cuts the texts of a step, in characters. */
const STEP = { input: 500, output: 1500, toolInput: 300, toolOutput: 1500 };

/** @param {import('./model.js').Step} step @param {boolean} isTimeTold */
export function stepDetail(step, isTimeTold) {
  const { json } = step;
  const { tool_call: tool, llm_call: llm, metadata } = json;
  return h(
    'div',
    { class: 'detail-body' },
    h('h2', {}, `Step ${step.number}: ${label(step)}`),
    json.description && json.description !== step.title && h('p', {}, json.description),
    step.error && errorView(step.error),
    facts([
      ['Duration', step.isDurationTold ? duration(step.ms) : ''],
      ['Started after', isTimeTold ? duration(step.start) : ''],
      ['Part of step', step.parent ? String(step.parent.number) : ''],
      ['Asked for by step', metadata?.requested_by_step],
      ['On the critical path', step.isCritical ? 'yes' : ''],
    ]),
    llm && h('section', { class: 'part' }, h('h3', {}, 'Model call'), facts(callFacts(json))),
    tool &&
      h(
        'section',
        { class: 'part' },
        h('h3', {}, 'Tool call'),
        facts([
          ['Tool', tool.tool_name],
          ['Duration', Number.isFinite(tool.duration_ms) ? duration(tool.duration_ms) : ''],
          ['HTTP status', tool.http_status],
        ]),
      ),
    json.input_preview !== undefined && content('Input', json.input_preview, { cutAt: STEP.input }),
    tool?.input_summary !== undefined &&
      content('Tool input', tool.input_summary, { cutAt: STEP.toolInput }),
    json.output_preview !== undefined &&
      content('Output', json.output_preview, { cutAt: STEP.output }),
    tool?.output_summary !== undefined &&
      content('Tool output', tool.output_summary, { cutAt: STEP.toolOutput }),
    metadata &&
      h('section', { class: 'part' }, h('h3', {}, 'Metadata'), jsonView(JSON.stringify(metadata))),
  );
}

/** @param {[string, unknown][]} pairs those without a value are left out */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  if (known.length === 0) return null;
  return h(
    'dl',
    { class: 'facts-list' },
    known.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, String(value))]),
  );
}

/** @param {Record<string, any>} error */
export function errorView(error) {
  return h(
    'section',
    { class: 'error-box' },
    h('strong', {}, error.error_type ?? 'Error'),
    ' ',
    h('span', { class: 'message' }, error.message ?? ''),
    facts([
      ['Code', error.error_code],
      ['Recovered', error.recoverable],
      ['Retries', error.retry_count],
    ]),
    typeof error.stack_trace === 'string' && stack(error.stack_trace),
  );
}

/** A stack whose own lines stand out from those of packages and of Node.js. @param {string} text */
function stack(text) {
  const lines = text.split('\n').map((line) => {
    const isForeign = /node_modules|node:internal|\(internal\/|site-packages/.test(line);
    return h('span', { class: isForeign ? 'foreign' : 'own' }, `${line}\n`);
  });
  return h('pre', { class: 'stack', tabindex: '0' }, lines);
}
