// Which view an address shows. Views are functions that fill an element and may return a function that is
// called when they are left.

/**
 * @typedef {{ main: HTMLElement, parameters: string[], query: URLSearchParams }} Place
 * @typedef {(place: Place) => void | (() => void)} View
 */

/** @type {{ pattern: RegExp, title: string, view: View }[]} */
const routes = [];
/** @type {void | (() => void)} */
let leave;
/** @type {(path: string) => void} */
let onMove = () => {};

/**
 * @param {RegExp} pattern of the path; its groups are the parameters of the view
 * @param {string} title
 * @param {View} view
 */
export function route(pattern, title, view) {
  routes.push({ pattern, title, view });
}

/**
 * @param {HTMLElement} main
 * @param {(path: string) => void} listener called after every move
 */
export function startRouter(main, listener) {
  onMove = listener;
  const show = () => render(main);
  addEventListener('popstate', show);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hash) return;
    if (link.origin !== location.origin || link.hasAttribute('download')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  document.addEventListener('go', () => {
    show();
    // Those who hear the page begin at the new content.
    main.focus();
  });
  show();
}

/** Moves to another address of this page. @param {string} path */
export function go(path) {
  history.pushState(null, '', path);
  document.dispatchEvent(new Event('go'));
}

/** Changes the query without showing the view again. @param {URLSearchParams} query */
export function setQuery(query) {
  const search = query.toString();
  history.replaceState(null, '', search ? `?${search}` : location.pathname);
}

/** @param {HTMLElement} main */
function render(main) {
  leave?.();
  leave = undefined;
  main.replaceChildren();
  for (const { pattern, title, view } of routes) {
    const found = pattern.exec(location.pathname);
    if (!found) continue;
    setTitle(title);
    const parameters = found.slice(1).map((part) => decodeURIComponent(part));
    leave = view({ main, parameters, query: new URLSearchParams(location.search) });
    break;
  }
  onMove(location.pathname);
}

/** @param {string} title */
export function setTitle(title) {
  document.title = `${title} · Infinium local`;
}
