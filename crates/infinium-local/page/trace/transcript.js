// The whole run as one text to read from top to bottom.
import { content } from '../content/content.js';
import { h } from '../dom.js';
import { duration } from '../format.js';
import { errorView } from './detail.js';
import { label } from './waterfall.js';

/** A browser lays out so many steps at once; a button shows the next. */
const CHUNK = 100;

/**
 * @param {Record<string, any>} body
 * @param {import('./model.js').Model} model
 */
export function transcript(body, { steps }) {
  const list = h('div', {});
  let shown = 0;
  const more = h('button', { on: { click: showMore } });
  function showMore() {
    list.append(...steps.slice(shown, shown + CHUNK).map(entry));
    shown = Math.min(steps.length, shown + CHUNK);
    more.hidden = shown === steps.length;
    more.textContent = `Show the next ${Math.min(CHUNK, steps.length - shown)} of ${steps.length} steps`;
  }
  showMore();
  return h(
    'div',
    { class: 'transcript' },
    body.input_summary !== undefined && content('Input', body.input_summary),
    list,
    more,
    (Array.isArray(body.errors) ? body.errors : []).map(errorView),
    body.output_summary !== undefined && content('Output', body.output_summary),
  );
}

/** @param {import('./model.js').Step} step */
function entry(step) {
  const { json } = step;
  const input = json.input_preview ?? json.tool_call?.input_summary;
  const output = json.output_preview ?? json.tool_call?.output_summary;
  const view = h(
    'article',
    { class: 'entry' },
    h(
      'h2',
      {},
      `${step.number}. ${label(step)} `,
      step.isDurationTold && h('span', { class: 'quiet' }, duration(step.ms)),
    ),
    step.error && errorView(step.error),
    input !== undefined && content('Input', input),
    output !== undefined && content('Output', output),
  );
  view.style.marginLeft = `${Math.min(step.depth, 6) * 1.2}rem`;
  return view;
}
