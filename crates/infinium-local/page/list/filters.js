// The filters above the list. Their values are the query of the address.
import { getJson } from '../api.js';
import { h } from '../dom.js';

/** How long a typed text must be unchanged before it is searched, in milliseconds. */
const QUIET = 150;

const SORTS = [
  ['newest', 'Newest first'],
  ['oldest', 'Oldest first'],
  ['slowest', 'Slowest first'],
  ['fastest', 'Fastest first'],
  ['tokens', 'Most tokens first'],
  ['cost', 'Highest cost first'],
];

/**
 * @param {URLSearchParams} query
 * @param {() => void} onChange
 */
export function makeFilters(query, onChange) {
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  const fields = new Map();
  let timer = 0;
  const changed = () => {
    clearTimeout(timer);
    onChange();
  };

  /** @param {string} name @param {string} label @param {string[][]} options */
  function select(name, label, options) {
    const chosen = query.get(name) ?? '';
    const known = options.some(([value]) => value === chosen);
    const all = known || !chosen ? options : [...options, [chosen, chosen]];
    const field = h(
      'select',
      { 'aria-label': label, name, on: { change: changed } },
      all.map(([value, text]) => h('option', { value }, text)),
    );
    field.value = chosen;
    fields.set(name, field);
    return field;
  }

  /** @param {string} name @param {string} type @param {Record<string, string>} [more] */
  function input(name, type, more = {}) {
    const field = h('input', {
      type,
      name,
      id: `filter-${name}`,
      ...more,
      on: {
        input: () => {
          clearTimeout(timer);
          timer = window.setTimeout(onChange, QUIET);
        },
      },
    });
    field.value = query.get(name) ?? '';
    fields.set(name, field);
    return field;
  }

  const search = input('q', 'search', {
    placeholder: 'Search everything   /',
    'aria-label': 'Search in all texts',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const agent = select('agent', 'Agent', [['', 'All agents']]);
  const model = select('model', 'Model', [['', 'All models']]);
  const tag = select('tag', 'Tag', [['', 'All tags']]);
  const tool = select('tool', 'Tool', [['', 'All tools']]);
  const outcome = select('outcome', 'Outcome', [
    ['', 'All outcomes'],
    ['failed', 'Failed'],
    ['ok', 'Not failed'],
  ]);
  const sort = select('sort', 'Order', [['', SORTS[0][1]], ...SORTS.slice(1)]);
  const more = [
    ['Tool', 'tool', tool],
    ['Session', 'session', input('session', 'text')],
    ['Slower than, ms', 'min_ms', input('min_ms', 'number', { min: '0' })],
    ['Faster than, ms', 'max_ms', input('max_ms', 'number', { min: '0' })],
    ['From', 'from', input('from', 'datetime-local')],
    ['To', 'to', input('to', 'datetime-local')],
  ];
  tool.id = 'filter-tool';
  const element = h(
    'form',
    { class: 'filters', role: 'search', on: { submit: (event) => event.preventDefault() } },
    search,
    agent,
    model,
    outcome,
    tag,
    sort,
    h(
      'details',
      { on: { keydown: closeOnEscape } },
      h('summary', {}, 'More'),
      h(
        'div',
        { class: 'more' },
        more.flatMap(([label, name, field]) => [
          h('label', { for: `filter-${name}` }, /** @type {string} */ (label)),
          /** @type {HTMLElement} */ (field),
        ]),
      ),
    ),
  );
  void offer();

  /** Fills in what there is to choose from. */
  async function offer() {
    const facets = await getJson('/local/facets').catch(() => ({}));
    const lists = {
      agent: facets.agents,
      model: facets.models,
      tool: facets.tools,
      tag: facets.tags,
    };
    for (const [name, values = []] of Object.entries(lists)) {
      const field = /** @type {HTMLSelectElement} */ (fields.get(name));
      const known = new Set([...field.options].map((option) => option.value));
      const news = values.filter((/** @type {string} */ value) => !known.has(value));
      field.append(...news.map((/** @type {string} */ value) => h('option', { value }, value)));
    }
  }

  return {
    element,
    focusSearch: () => {
      search.focus();
      search.select();
    },
    isSet: () => [...fields].some(([name, { value }]) => name !== 'sort' && value !== ''),
    /** @returns {Record<string, string>} */
    value: () => {
      const set = [...fields].filter(([, { value }]) => value !== '');
      return Object.fromEntries(set.map(([name, field]) => [name, toQuery(field)]));
    },
    clear: () => {
      for (const field of fields.values()) field.value = '';
      changed();
    },
  };
}

/** The platform takes times in UTC, and people choose them in their own. @param {HTMLInputElement | HTMLSelectElement} field */
function toQuery({ type, value }) {
  const isLocalTime = type === 'datetime-local' && !value.endsWith('Z');
  return isLocalTime ? new Date(value).toISOString() : value;
}

/** @param {KeyboardEvent} event */
function closeOnEscape(event) {
  const details = /** @type {HTMLDetailsElement} */ (event.currentTarget);
  if (event.key !== 'Escape' || !details.open) return;
  event.stopPropagation();
  details.open = false;
  details.querySelector('summary')?.focus();
}
