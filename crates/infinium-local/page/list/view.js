// The list of traces: filters, live rows, selection.
import { getJson, remove } from '../api.js';
import { h } from '../dom.js';
import { count } from '../format.js';
import { useKeys } from '../keys.js';
import { onNews } from '../live.js';
import { go, setQuery } from '../router.js';
import { toast } from '../toast.js';
import { VirtualList } from '../virtual.js';
import { makeFilters } from './filters.js';
import { head, makeRow } from './row.js';
import { Rows } from './rows.js';

const NARROW = matchMedia('(max-width: 900px)');
const rowHeight = () => (NARROW.matches ? 58 : 38);

/** @type {import('../router.js').View} */
export function listView({ main, query }) {
  /** The number of the trace that the keys act on. */
  let selected = 0;
  let paused = false;
  /** @type {Set<string>} */
  const picked = new Set();

  const filters = makeFilters(query, () => {
    setQuery(new URLSearchParams(filters.value()));
    reload();
  });
  const total = h('span', { class: 'quiet', id: 'total', role: 'status' });
  const waiting = h('button', {
    id: 'waiting',
    hidden: true,
    on: { click: () => rows.showWaiting() },
  });
  const pause = h('button', { 'aria-pressed': 'false', on: { click: togglePause } }, 'Pause');
  const compare = h('button', { hidden: true, on: { click: comparePicked } }, 'Compare');
  const clear = h('button', { on: { click: clearAll } }, 'Delete all');
  const space = h('div', { role: 'rowgroup' });
  const grid = h(
    'div',
    { class: 'grid', role: 'grid', 'aria-label': 'Traces', tabindex: '0' },
    head(),
    space,
  );
  const empty = h('div', { class: 'empty', hidden: true });
  main.append(
    h('h1', { class: 'hidden-label' }, 'Traces'),
    filters.element,
    h(
      'div',
      { class: 'list-head' },
      total,
      waiting,
      h('span', { class: 'end' }, compare, clear, pause),
    ),
    empty,
    grid,
  );

  /** @type {VirtualList<import('../api.js').Row>} */
  const list = new VirtualList(grid, space, {
    rowHeight: rowHeight(),
    makeRow: (row, index) =>
      makeRow(row, {
        index,
        isSelected: row.number === selected,
        isPicked: picked.has(row.traceId),
        isFresh: rows.isFresh(row),
        onPick: pick,
      }),
    onNearEnd: () => rows.loadMore(),
  });
  const rows = new Rows({
    query: () => filters.value(),
    isPaused: () => paused,
    onChange: show,
    onError: (message) => toast(message),
  });

  /** @param {number} added how many rows came in at the top */
  function show(added) {
    list.setItems(rows.items, { keepInSight: added });
    grid.setAttribute('aria-rowcount', String(rows.items.length + 1));
    total.textContent = `${count(rows.total)}${rows.totalIsMore ? '+' : ''} ${rows.total === 1 ? 'trace' : 'traces'}`;
    waiting.hidden = rows.waiting === 0;
    waiting.textContent = `${count(rows.waiting)} new`;
    const nothing = rows.isLoaded && rows.items.length === 0;
    grid.hidden = nothing;
    empty.hidden = !nothing;
    if (nothing && empty.childElementCount === 0) void explain();
    if (!nothing) empty.replaceChildren();
  }

  async function explain() {
    if (filters.isSet()) {
      empty.append(
        h('h2', {}, 'No trace matches'),
        h('p', {}, 'Change the filters, or clear them with Esc.'),
      );
      return;
    }
    empty.append(h('h2', {}, 'No traces yet'));
    const { url } = await getJson('/local/about');
    empty.append(
      h('p', {}, 'Start your program with this variable, and its traces appear here:'),
      h('pre', {}, `INFINIUM_BASE_URL=${url}`),
      h('p', {}, 'Programs that use OpenTelemetry can send to this address:'),
      h('pre', {}, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${url.replace('/api/v1', '/v1/traces')}`),
    );
  }

  function reload() {
    empty.replaceChildren();
    grid.scrollTop = 0;
    void rows.reload();
  }

  /** @param {string} id @param {boolean} isPicked */
  function pick(id, isPicked) {
    if (isPicked) picked.add(id);
    else picked.delete(id);
    // Two are compared: a third replaces the first.
    const [first] = picked;
    if (picked.size > 2) picked.delete(first);
    compare.hidden = picked.size < 2;
    list.refresh();
  }

  function comparePicked() {
    const [a, b] = picked;
    if (b) go(`/compare?${new URLSearchParams({ a, b })}`);
  }

  function togglePause() {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Resume' : 'Pause';
    if (!paused) rows.showWaiting();
  }

  async function clearAll() {
    if (!confirm('Delete all traces on this machine? They cannot be restored.')) return;
    try {
      await remove('/local/traces');
      reload();
    } catch (error) {
      toast(String(error));
    }
  }

  /** @param {number} step */
  function move(step) {
    const { items } = rows;
    if (items.length === 0) return;
    const at = items.findIndex(({ number }) => number === selected);
    const index = Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + step));
    selected = items[index].number;
    list.refresh();
    list.reveal(index);
  }

  const selectedRow = () => rows.items.find(({ number }) => number === selected);
  const endKeys = useKeys([
    { key: '/', does: 'search', run: () => filters.focusSearch() },
    { key: 'j', does: 'next trace', run: () => move(1) },
    { key: 'k', does: 'previous trace', run: () => move(-1) },
    {
      key: 'Enter',
      does: 'open the trace',
      run: () => {
        const row = selectedRow();
        if (row) go(`/traces/${row.traceId}`);
      },
    },
    {
      key: 'x',
      does: 'pick the trace for a comparison',
      run: () => {
        const row = selectedRow();
        if (row) pick(row.traceId, !picked.has(row.traceId));
      },
    },
    { key: 'c', does: 'compare the two picked traces', run: comparePicked },
    { key: 'p', does: 'pause or resume the list', run: togglePause },
    { key: 'Escape', does: 'clear the filters', run: () => filters.clear() },
  ]);
  const onWidth = () => list.setRowHeight(rowHeight());
  NARROW.addEventListener('change', onWidth);
  const endNews = onNews((news) => void rows.onNews(news));
  reload();
  return () => {
    endKeys();
    endNews();
    rows.stop();
    list.stop();
    NARROW.removeEventListener('change', onWidth);
  };
}
