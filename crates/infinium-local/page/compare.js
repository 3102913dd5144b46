// Two traces side by side: the same steps next to each other, differences marked.
import { getJson } from './api.js';
import { placeholders } from './content/images.js';
import { fill, h } from './dom.js';
import { cost, count, duration, when } from './format.js';
import { state } from './list/row.js';
import { setTitle } from './router.js';

/** @typedef {Record<string, any>} Json */

/** @type {import('./router.js').View} */
export function compareView({ main, query }) {
  const page = h('div', {
    class: 'page',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Comparison',
  });
  main.append(page);
  const [a = '', b = ''] = [query.get('a'), query.get('b')].map((id) => id ?? '');
  fill(page, h('h1', {}, 'Compare'));
  if (!a || !b) {
    page.append(
      h('p', {}, 'Pick two traces in the list, with their boxes or the key x, and press Compare.'),
    );
    return;
  }
  getJson('/local/compare', { a, b }).then(
    (compared) => show(page, compared),
    (error) => page.append(h('p', { class: 'bad' }, error.message)),
  );
}

/** @param {HTMLElement} page @param {Json} compared */
function show(page, { a, b, steps }) {
  setTitle(`${a.name} and ${b.name}`);
  const swap = `/compare?${new URLSearchParams({ a: b.traceId, b: a.traceId })}`;
  const counts = ['changed', 'added', 'removed']
    .map((name) => [name, steps.filter((/** @type {Json} */ pair) => pair.state === name).length])
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${name}`);
  fill(
    page,
    h('h1', {}, 'Compare'),
    h(
      'div',
      { class: 'table-scroll', tabindex: '0' },
      h(
        'table',
        { class: 'compare-numbers' },
        h(
          'tr',
          {},
          h('th', {}, h('span', { class: 'hidden-label' }, 'Fact')),
          heading(a, 'A'),
          heading(b, 'B'),
          h('th', { class: 'number' }, 'Difference'),
        ),
        numberRows(a, b),
      ),
    ),
    h(
      'p',
      { class: 'quiet' },
      counts.length > 0 ? `Steps: ${counts.join(', ')}. ` : 'All steps are the same. ',
      h('a', { href: swap }, 'Swap'),
    ),
    textPair('Input', a.input, b.input),
    h('div', { class: 'pairs' }, steps.map(pairView)),
    textPair('Output', a.output, b.output),
  );
}

/** @param {Json} trace @param {string} side */
function heading(trace, side) {
  return h(
    'th',
    {},
    h('a', { href: `/traces/${encodeURIComponent(trace.traceId)}` }, `${side}: ${trace.name}`),
    h('div', { class: 'quiet' }, `${trace.agent} · ${when(trace.receivedMs)}`),
  );
}

/** @param {Json} a @param {Json} b */
function numberRows(a, b) {
  /** @type {[string, string, (value: number) => string][]} */
  const rows = [
    ['Duration', 'durationMs', duration],
    ['Steps', 'steps', count],
    ['Failed steps', 'failedSteps', count],
    ['Tokens', 'tokens', count],
    ['Cost', 'costUsd', cost],
  ];
  return [
    h(
      'tr',
      {},
      h('th', {}, 'Outcome'),
      h('td', {}, state(a.failed, a.outcome)),
      h('td', {}, state(b.failed, b.outcome)),
      h('td', {}),
    ),
    h(
      'tr',
      {},
      h('th', {}, 'Models'),
      h('td', {}, a.models.join(', ')),
      h('td', {}, b.models.join(', ')),
      h('td', {}),
    ),
    ...rows.map(([title, name, format]) => {
      const [left, right] = [a[name] ?? 0, b[name] ?? 0];
      const difference = right - left;
      const percent =
        left > 0 ? ` (${difference > 0 ? '+' : ''}${Math.round((difference / left) * 100)} %)` : '';
      const sign = difference < 0 ? '−' : '+';
      return h(
        'tr',
        {},
        h('th', {}, title),
        h('td', {}, format(left)),
        h('td', {}, format(right)),
        h(
          'td',
          { class: 'number' },
          difference === 0 ? '' : `${sign}${format(Math.abs(difference))}${percent}`,
        ),
      );
    }),
  ];
}

/** @param {Json} pair */
function pairView({ state: kind, a, b, differences }) {
  return h(
    'article',
    { class: `pair ${kind}` },
    h(
      'span',
      { class: 'pair-state tag' },
      kind,
      differences.length > 0 && `: ${differences.join(', ')}`,
    ),
    side(a, differences),
    side(b, differences),
  );
}

/** @param {Json | null} step @param {string[]} differences */
function side(step, differences) {
  if (!step) return h('div', { class: 'side missing quiet' }, 'no such step');
  const name = step.tool ?? step.model ?? step.description;
  const facts = [
    step.durationMs !== null && duration(step.durationMs),
    step.promptTokens + step.completionTokens > 0 &&
      `${step.promptTokens} + ${step.completionTokens} tokens`,
  ];
  return h(
    'div',
    { class: 'side' },
    h('strong', {}, `${step.number}. ${step.action} · ${name}`),
    ' ',
    h('span', { class: 'quiet' }, facts.filter(Boolean).join(' · ')),
    step.error && h('p', { class: 'bad' }, step.error),
    ['input', 'output'].map(
      (part) =>
        step[part] &&
        differences.includes(part) &&
        h('pre', { tabindex: '0' }, placeholders(step[part])),
    ),
  );
}

/** @param {string} title @param {string | null} a @param {string | null} b */
function textPair(title, a, b) {
  if (!a && !b) return null;
  const isSame = a === b;
  return h(
    'section',
    { class: `pair ${isSame ? 'same' : 'changed'}` },
    h('span', { class: 'pair-state tag' }, `${title}${isSame ? ', the same' : ''}`),
    h('div', { class: 'side' }, h('pre', { tabindex: '0' }, placeholders(a ?? ''))),
    !isSame && h('div', { class: 'side' }, h('pre', { tabindex: '0' }, placeholders(b ?? ''))),
  );
}
