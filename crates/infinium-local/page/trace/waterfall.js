// The steps of a trace on a line of time, in the order of their tree.
import { h } from '../dom.js';
import { duration } from '../format.js';
import { VirtualList } from '../virtual.js';

const ROW_HEIGHT = 30;

/**
 * @typedef {import('./model.js').Step} Step
 *
 * @param {import('./model.js').Model} model
 * @param {(step: Step) => void} onSelect
 */
export function waterfall({ steps, totalMs, isTimeTold }, onSelect) {
  /** @type {Set<Step>} */
  const folded = new Set();
  let visible = steps;
  /** @type {Step | undefined} */
  let selected;
  const space = h('div', { role: 'rowgroup' });
  const ruler = h(
    'div',
    { class: 'step-row ruler', role: 'row' },
    h('div', { role: 'columnheader' }, 'Step'),
    h('div', { role: 'columnheader', class: 'number' }, 'Time'),
    h('div', { role: 'columnheader', class: 'scale' }, marks(totalMs)),
  );
  const scroller = h(
    'div',
    {
      class: 'steps',
      role: 'treegrid',
      'aria-label': 'Steps',
      'aria-rowcount': steps.length,
      tabindex: '0',
    },
    h('div', { role: 'rowgroup', class: 'ruler-group' }, ruler),
    space,
  );
  const list = new VirtualList(scroller, space, { rowHeight: ROW_HEIGHT, makeRow });
  list.setItems(visible);

  /** @param {Step} step @param {number} index */
  function makeRow(step, index) {
    const hasChildren = step.children.length > 0;
    const isFolded = folded.has(step);
    const fold = hasChildren
      ? h(
          'button',
          {
            class: 'fold',
            'aria-label': `${isFolded ? 'Show' : 'Hide'} the parts of step ${step.number}`,
            on: {
              click: (event) => {
                event.stopPropagation();
                toggle(step);
              },
            },
          },
          isFolded ? '▸' : '▾',
        )
      : h('span', { class: 'fold' });
    const name = h(
      'div',
      { class: 'step-name', role: 'gridcell' },
      fold,
      icon(step),
      h('span', {}, label(step)),
    );
    name.style.paddingLeft = `${Math.min(step.depth, 20) * 16}px`;
    const bar = h('div', { class: barClass(step) });
    bar.style.left = `${(step.start / totalMs) * 100}%`;
    bar.style.width = `max(3px, ${(step.ms / totalMs) * 100}%)`;
    return h(
      'div',
      {
        class: `step-row${step === selected ? ' selected' : ''}${step.error ? ' failed' : ''}`,
        role: 'row',
        'aria-level': step.depth + 1,
        'aria-rowindex': index + 1,
        'aria-selected': String(step === selected),
        'aria-expanded': hasChildren && String(!isFolded),
        'data-step': step.number,
        on: { click: () => select(step) },
      },
      name,
      h(
        'div',
        { class: 'number quiet', role: 'gridcell' },
        step.isDurationTold ? duration(step.ms) : '',
      ),
      h('div', { class: 'track', role: 'gridcell', 'aria-label': spoken(step) }, bar),
    );
  }

  /** @param {Step} step */
  function barClass(step) {
    const kind = step.error
      ? 'failed'
      : step.json.tool_call
        ? 'tool'
        : step.json.llm_call
          ? 'llm'
          : 'other';
    return `bar ${kind}${step.isCritical ? ' critical' : ''}${isTimeTold ? '' : ' guessed'}`;
  }

  /** @param {Step} step */
  function spoken(step) {
    return isTimeTold ? `from ${duration(step.start)} to ${duration(step.start + step.ms)}` : '';
  }

  /** @param {Step} step */
  function toggle(step) {
    if (!folded.delete(step)) folded.add(step);
    const hidden = (/** @type {Step | null} */ at) => {
      for (let up = at; up; up = up.parent) if (folded.has(up)) return true;
      return false;
    };
    visible = steps.filter(({ parent }) => !hidden(parent));
    list.setItems(visible);
    list.refresh();
  }

  /** @param {Step} step */
  function select(step) {
    selected = step;
    list.refresh();
    onSelect(step);
  }

  return {
    element: scroller,
    stop: () => list.stop(),
    /** @param {number} by */
    move: (by) => {
      if (visible.length === 0) return;
      const at = selected ? visible.indexOf(selected) : -1;
      const index = Math.max(0, Math.min(visible.length - 1, at < 0 ? 0 : at + by));
      select(visible[index]);
      list.reveal(index);
    },
    /** @param {number} number */
    show: (number) => {
      const index = visible.findIndex((step) => step.number === number);
      if (index < 0) return false;
      select(visible[index]);
      list.reveal(index);
      return true;
    },
    nextFailed: () => {
      const from = selected ? visible.indexOf(selected) + 1 : 0;
      const order = [...visible.keys()].slice(from).concat([...visible.keys()].slice(0, from));
      const index = order.find((candidate) => visible[candidate].error);
      if (index === undefined) return;
      select(visible[index]);
      list.reveal(index);
    },
    toggle: () => {
      if (selected && selected.children.length > 0) toggle(selected);
    },
  };
}

/** @param {Step} step */
export function label(step) {
  return step.title ? `${step.action} · ${step.title}` : step.action;
}

/** @param {Step} step */
function icon({ json, error }) {
  const sign = error ? '!' : json.tool_call ? '⚒' : json.llm_call ? '✦' : '·';
  return h('span', { class: `icon${error ? ' bad' : ''}`, 'aria-hidden': 'true' }, sign);
}

/** @param {number} totalMs */
function marks(totalMs) {
  return [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const mark = h('span', {}, duration(totalMs * part));
    mark.style.left = `${part * 100}%`;
    return mark;
  });
}
