// Sessions, and the traces of one in their order.
import { getJson } from './api.js';
import { fill, h } from './dom.js';
import { cost, counted, duration, short, when } from './format.js';
import { state } from './list/row.js';
import { follow } from './live.js';
import { setTitle } from './router.js';

/**
 * @param {HTMLElement} main
 * @param {string} title
 * @param {() => Promise<import('./dom.js').Child[]>} load
 */
function livePage(main, title, load) {
  const place = h('div', {});
  main.append(
    h(
      'div',
      { class: 'page', tabindex: '0', role: 'region', 'aria-label': title },
      h('h1', {}, title),
      place,
    ),
  );
  return follow(async () => {
    try {
      fill(place, await load());
    } catch (error) {
      fill(place, h('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)));
    }
  });
}

/** @type {import('./router.js').View} */
export function sessionsView({ main }) {
  return livePage(main, 'Sessions', async () => {
    const sessions = await getJson('/local/sessions');
    if (sessions.length === 0) {
      return [
        h(
          'p',
          {},
          'No trace has a session. A session is the tag ',
          h('code', {}, 'session_id'),
          ' of a trace:',
        ),
        h('pre', {}, "environment: { customTags: { session_id: 'chat-17' } }"),
      ];
    }
    const titles = ['Session', 'Last trace', 'Traces', 'Failed', 'Time', 'Tokens', 'Cost'];
    return [
      h(
        'div',
        { class: 'table-scroll', tabindex: '0' },
        h(
          'table',
          {},
          h(
            'tr',
            {},
            titles.map((title, index) => h('th', { class: index > 1 && 'number' }, title)),
          ),
          sessions.map((/** @type {Record<string, any>} */ session) =>
            h(
              'tr',
              {},
              h(
                'td',
                {},
                h(
                  'a',
                  { href: `/sessions/${encodeURIComponent(session.session)}` },
                  session.session,
                ),
              ),
              h('td', {}, when(session.lastMs)),
              h('td', { class: 'number' }, session.traces),
              h('td', { class: `number${session.failed > 0 ? ' bad' : ''}` }, session.failed),
              h('td', { class: 'number' }, duration(session.durationMs)),
              h('td', { class: 'number' }, short(session.tokens)),
              h('td', { class: 'number' }, cost(session.costUsd)),
            ),
          ),
        ),
      ),
    ];
  });
}

/** @type {import('./router.js').View} */
export function sessionView({ main, parameters: [session] }) {
  setTitle(`Session ${session}`);
  return livePage(main, `Session ${session}`, async () => {
    /** @type {import('./api.js').Page} */
    const { traces, next } = await getJson('/local/list', {
      session,
      sort: 'oldest',
      limit: '1000',
    });
    const sum = (/** @type {(row: import('./api.js').Row) => number | null} */ of) =>
      traces.reduce((total, row) => total + (of(row) ?? 0), 0);
    const facts = [
      counted(traces.length, 'trace'),
      duration(sum(({ durationMs }) => durationMs)),
      counted(
        sum(({ tokens }) => tokens),
        'token',
      ),
      cost(sum(({ costUsd }) => costUsd) || null),
    ];
    return [
      h('p', { class: 'quiet' }, facts.filter(Boolean).join(' · ')),
      h('ol', { class: 'cards' }, traces.map(card)),
      next &&
        h(
          'p',
          {},
          h('a', { href: `/?${new URLSearchParams({ session })}` }, 'All traces of this session'),
        ),
    ];
  });
}

/** @param {import('./api.js').Row} row */
function card(row) {
  const facts = [
    when(row.receivedMs),
    duration(row.durationMs),
    counted(row.steps, 'step'),
    row.models,
    row.tokens > 0 && counted(row.tokens, 'token'),
  ];
  return h(
    'li',
    { class: `card${row.failed ? ' failed' : ''}` },
    h(
      'p',
      {},
      h('a', { href: `/traces/${encodeURIComponent(row.traceId)}` }, row.name || '(no name)'),
      ' ',
      state(row.failed, row.outcome),
    ),
    h('p', { class: 'quiet' }, facts.filter(Boolean).join(' · ')),
    row.error && h('p', { class: 'bad' }, row.error),
  );
}
