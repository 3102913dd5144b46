// One line of the list.
import { h } from '../dom.js';
import { cost, counted, duration, short, when } from '../format.js';

const COLUMNS = [
  ['', 'Picked'],
  ['name', 'Name'],
  ['wide', 'Agent'],
  ['wide', 'Received'],
  ['wide number', 'Duration'],
  ['wide number', 'Steps'],
  ['wide', 'Models'],
  ['wide number', 'Tokens'],
  ['wide number', 'Cost'],
  ['', 'Outcome'],
];

export function head() {
  const cells = COLUMNS.map(([kind, title]) =>
    h(
      'div',
      { role: 'columnheader', class: kind },
      title === 'Picked' ? h('span', { class: 'hidden-label' }, title) : title,
    ),
  );
  return h(
    'div',
    { role: 'rowgroup', class: 'row-heads' },
    h('div', { class: 'row head', role: 'row' }, cells),
  );
}

/**
 * @typedef {{
 *   index: number,
 *   isSelected: boolean,
 *   isPicked: boolean,
 *   isFresh: boolean,
 *   onPick: (id: string, isPicked: boolean) => void,
 * }} Look
 *
 * @param {import('../api.js').Row} row
 * @param {Look} look
 */
export function makeRow(row, { index, isSelected, isPicked, isFresh, onPick }) {
  const classes = ['row', row.failed && 'failed', isSelected && 'selected', isFresh && 'fresh'];
  const cell = (
    /** @type {string} */ kind,
    /** @type {import('../dom.js').Child[]} */ ...content
  ) => h('div', { role: 'gridcell', class: kind }, content);
  const name = row.name || '(no name)';
  const checkbox = h('input', {
    type: 'checkbox',
    'aria-label': `Compare ${name}`,
    on: { change: ({ target }) => onPick(row.traceId, target.checked) },
  });
  checkbox.checked = isPicked;
  const facts = [
    duration(row.durationMs),
    counted(row.steps, 'step'),
    row.models,
    when(row.receivedMs),
  ];
  return h(
    'div',
    {
      class: classes.filter(Boolean).join(' '),
      role: 'row',
      'aria-rowindex': index + 2,
      'aria-selected': String(isSelected),
      on: { click: open },
    },
    cell('pick', checkbox),
    cell(
      'name',
      h('a', { href: `/traces/${encodeURIComponent(row.traceId)}`, title: name }, name),
      row.error && h('span', { class: 'bad', title: row.error }, row.error),
    ),
    cell('wide', row.agent),
    cell(
      'wide',
      h('time', { datetime: new Date(row.receivedMs).toISOString() }, when(row.receivedMs)),
    ),
    cell('wide number', duration(row.durationMs)),
    cell('wide number', String(row.steps)),
    cell('wide', row.models),
    cell('wide number', row.tokens > 0 && short(row.tokens)),
    cell('wide number', cost(row.costUsd)),
    cell('state-cell', state(row.failed, row.outcome)),
    cell('facts', facts.filter(Boolean).join(' · ')),
  );
}

/** A click anywhere in a row opens its trace. @param {MouseEvent} event */
function open({ target, currentTarget }) {
  const isControl = target instanceof Element && target.closest('a, input');
  const isMarking = getSelection()?.isCollapsed === false;
  if (isControl || isMarking || !(currentTarget instanceof Element)) return;
  currentTarget.querySelector('a')?.click();
}

/** @param {boolean} failed @param {string | null} [outcome] */
export function state(failed, outcome) {
  const text = outcome && outcome.length <= 16 ? outcome : failed ? 'failed' : 'ok';
  return h('span', { class: `state ${failed ? 'failed' : 'ok'}`, title: outcome ?? '' }, text);
}
