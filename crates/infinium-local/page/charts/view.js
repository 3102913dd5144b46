// Charts of all traces, or of those that match. Every number leads to its traces.
import { getJson } from '../api.js';
import { fill, h } from '../dom.js';
import { cost, count, duration, short } from '../format.js';
import { follow } from '../live.js';
import { setQuery } from '../router.js';
import { barChart, lineChart } from './draw.js';

const HOUR = 3_600_000;
/** @type {[string, string, number][]} */
const RANGES = [
  ['1h', 'Last hour', HOUR],
  ['24h', 'Last 24 hours', 24 * HOUR],
  ['7d', 'Last 7 days', 7 * 24 * HOUR],
  ['30d', 'Last 30 days', 30 * 24 * HOUR],
  ['', 'All', 0],
];

/** @type {import('../router.js').View} */
export function chartsView({ main, query }) {
  const chosen = query.get('range') ?? '';
  const range = h(
    'select',
    {
      'aria-label': 'Time',
      on: {
        change: () => {
          if (range.value) query.set('range', range.value);
          else query.delete('range');
          setQuery(query);
          void load();
        },
      },
    },
    RANGES.map(([value, title]) => h('option', { value }, title)),
  );
  range.value = chosen;
  const place = h('div', {});
  main.append(
    h(
      'div',
      { class: 'page', tabindex: '0', role: 'region', 'aria-label': 'Charts' },
      h('div', { class: 'charts-head' }, h('h1', {}, 'Charts'), range),
      place,
    ),
  );

  async function load() {
    const { length } = RANGES;
    const [, , ms] = RANGES.find(([value]) => value === range.value) ?? RANGES[length - 1];
    const now = Date.now();
    /** @type {Record<string, string>} */
    const filter = ms > 0 ? { from: String(now - ms), to: String(now) } : {};
    try {
      show(place, await getJson('/local/charts', filter));
    } catch (error) {
      fill(place, h('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)));
    }
  }

  return follow(load);
}

/** @param {HTMLElement} place @param {Record<string, any>} charts */
function show(place, charts) {
  const { buckets, fromMs, bucketMs, models } = charts;
  if (charts.traces === 0) {
    fill(place, h('p', {}, 'No traces in this time.'));
    return;
  }
  const time = { fromMs, bucketMs };
  /** @type {(of: (bucket: any) => number) => number[]} */
  const series = (of) => buckets.map(of);
  const within = (/** @type {number} */ index) => ({
    from: new Date(fromMs + index * bucketMs).toISOString(),
    to: new Date(fromMs + (index + 1) * bucketMs - 1).toISOString(),
  });
  const link = (/** @type {Record<string, string>} */ filter) => `/?${new URLSearchParams(filter)}`;
  const shownModels = models.slice(0, 5);
  fill(
    place,
    h(
      'dl',
      { class: 'totals' },
      [
        ['Traces', count(charts.traces)],
        [
          'Failed',
          `${count(charts.failed)} (${((charts.failed / charts.traces) * 100).toFixed(1)} %)`,
        ],
        ['Tokens', short(charts.tokens)],
        ['Cost', cost(charts.costUsd)],
        ['Half take at most', duration(charts.latency.p50)],
        ['95 % take at most', duration(charts.latency.p95)],
      ].map(([title, value]) => h('div', {}, h('dt', {}, title), h('dd', {}, value))),
    ),
    h(
      'div',
      { class: 'charts' },
      barChart('Traces', time, count, (index) => link(within(index)), [
        { name: 'not failed', color: 1, values: series(({ traces, failed }) => traces - failed) },
        { name: 'failed', color: 'bad', values: series(({ failed }) => failed) },
      ]),
      lineChart(
        'Duration',
        time,
        duration,
        (index) => link({ ...within(index), sort: 'slowest' }),
        [
          { name: '50 %', color: 1, values: series(({ latency }) => latency.p50) },
          { name: '95 %', color: 3, values: series(({ latency }) => latency.p95) },
          { name: '99 %', color: 4, values: series(({ latency }) => latency.p99) },
        ],
        series(({ traces }) => traces),
      ),
      barChart(
        'Tokens by model',
        time,
        short,
        (index) => link(within(index)),
        bySeries(shownModels, 'tokensByBucket'),
      ),
      barChart(
        'Cost by model',
        time,
        cost,
        (index) => link({ ...within(index), sort: 'cost' }),
        bySeries(shownModels, 'costByBucket'),
      ),
    ),
    table(
      'Models',
      ['Model', 'Calls', 'Failed', 'Tokens', 'Cost', 'Average time'],
      models,
      (model) => [
        h('a', { href: link({ model: model.model }) }, model.model || '(no name)'),
        count(model.calls),
        model.failures > 0 &&
          h('a', { href: link({ model: model.model, outcome: 'failed' }) }, count(model.failures)),
        short(model.tokens),
        cost(model.costUsd),
        duration(model.averageMs),
      ],
    ),
    table(
      'Slowest tools',
      ['Tool', 'Calls', 'Failed', 'Average time', 'Time in all'],
      charts.tools,
      (tool) => [
        h('a', { href: link({ tool: tool.tool, sort: 'slowest' }) }, tool.tool || '(no name)'),
        count(tool.calls),
        tool.failures > 0 &&
          h('a', { href: link({ tool: tool.tool, outcome: 'failed' }) }, count(tool.failures)),
        duration(tool.averageMs),
        duration(tool.totalMs),
      ],
    ),
  );
}

/** @param {any[]} models @param {string} member */
function bySeries(models, member) {
  return models.map((model, index) => ({
    name: model.model,
    color: index + 1,
    values: model[member],
  }));
}

/**
 * @param {string} title
 * @param {string[]} columns
 * @param {any[]} items
 * @param {(item: any) => import('../dom.js').Child[]} cells
 */
function table(title, columns, items, cells) {
  if (items.length === 0) return null;
  return h(
    'section',
    { class: 'part' },
    h('h2', {}, title),
    h(
      'div',
      { class: 'table-scroll', tabindex: '0' },
      h(
        'table',
        {},
        h(
          'tr',
          {},
          columns.map((column, index) => h('th', { class: index > 0 && 'number' }, column)),
        ),
        items.map((item) =>
          h(
            'tr',
            {},
            cells(item).map((cell, index) => h('td', { class: index > 0 && 'number' }, cell)),
          ),
        ),
      ),
    ),
  );
}
