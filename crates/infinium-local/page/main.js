// Starts the page: views, keys, news, theme.
import { chartsView } from './charts/view.js';
import { compareView } from './compare.js';
import { byId, fill, h } from './dom.js';
import { showHelp, startKeys, useKeys } from './keys.js';
import { listView } from './list/view.js';
import { onNews, start as startLive } from './live.js';
import { rejectedView } from './rejected.js';
import { go, route, startRouter } from './router.js';
import { sessionsView, sessionView } from './sessions.js';
import { applyTheme, toggleTheme } from './theme.js';
import { traceView } from './trace/view.js';

const VIEWS = [
  ['/', 'Traces'],
  ['/sessions', 'Sessions'],
  ['/charts', 'Charts'],
  ['/rejected', 'Rejected'],
];
const REJECTED_SEEN = 'rejectedSeen';

applyTheme();
route(/^\/$/, 'Traces', listView);
route(/^\/traces\/([^/]+)$/, 'Trace', traceView);
route(/^\/compare$/, 'Compare', compareView);
route(/^\/sessions$/, 'Sessions', sessionsView);
route(/^\/sessions\/([^/]+)$/, 'Session', sessionView);
route(/^\/charts$/, 'Charts', chartsView);
route(/^\/rejected$/, 'Rejected requests', rejectedView);
route(/^/, 'Not found', ({ main }) => {
  main.append(
    h(
      'div',
      { class: 'empty' },
      h('h1', {}, 'There is no such page'),
      h('a', { href: '/' }, 'All traces'),
    ),
  );
});

let rejected = 0;
const badge = h('span', { class: 'badge', hidden: true });
const dot = h('span', { class: 'dot off', 'aria-hidden': 'true' });
const connection = h('span', { class: 'quiet' }, dot, ' ', h('span', { id: 'live' }, 'Connecting'));
fill(
  byId('tools'),
  connection,
  h('button', { on: { click: toggleTheme }, 'aria-label': 'Dark or light' }, '◐'),
  h('button', { on: { click: showHelp }, 'aria-label': 'Keyboard help' }, '?'),
);
fill(
  byId('nav'),
  VIEWS.map(([path, title]) => h('a', { href: path }, title, path === '/rejected' && badge)),
);

startKeys();
useKeys([
  { key: '?', does: 'this help', run: showHelp },
  { key: 't', does: 'dark or light', run: toggleTheme },
  ...VIEWS.map(([path, title], index) => ({
    key: String(index + 1),
    does: `show ${title.toLowerCase()}`,
    run: () => go(path),
  })),
]);

startRouter(byId('main'), (path) => {
  for (const link of byId('nav').querySelectorAll('a')) {
    const own = link.getAttribute('href') ?? '';
    const isHere = own === '/' ? path === '/' || path.startsWith('/traces') : path.startsWith(own);
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  showBadge();
});

onNews((news) => {
  rejected = news.rejected;
  showBadge();
});

/** Says that requests were refused since the view of them was last shown. */
function showBadge() {
  const isSeen = location.pathname === '/rejected';
  if (isSeen) localStorage.setItem(REJECTED_SEEN, String(rejected));
  const seen = Number(localStorage.getItem(REJECTED_SEEN) ?? 0);
  // Another database starts at 1 again.
  const unseen = rejected < seen ? rejected : rejected - seen;
  badge.hidden = isSeen || unseen === 0;
  badge.textContent = unseen > 99 ? '99+' : String(unseen);
  badge.setAttribute('aria-label', `${unseen} new`);
}

startLive((isConnected) => {
  dot.classList.toggle('off', !isConnected);
  byId('live').textContent = isConnected ? 'Live' : 'Not connected';
});
