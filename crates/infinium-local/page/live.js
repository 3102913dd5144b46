// News from the platform, as it happens.

/**
 * @typedef {{ oldest: number, latest: number, rejected: number }} News
 * @typedef {(news: News) => void} Listener
 */

/** @type {Set<Listener>} */
const listeners = new Set();
/** @type {News | undefined} */
let last;
/** @type {EventSource | undefined} */
let source;
/** @type {(connected: boolean) => void} */
let onState = () => {};

/** @param {(connected: boolean) => void} listener told whether the page is connected */
export function start(listener) {
  onState = listener;
  // A browser opens few connections to one server, and a page in the background needs none: its next
  // event after that says all.
  document.addEventListener('visibilitychange', connect);
  connect();
}

function connect() {
  if (document.visibilityState === 'hidden') {
    source?.close();
    source = undefined;
    return;
  }
  if (source) return;
  source = new EventSource('/local/events');
  source.onopen = () => onState(true);
  source.onerror = () => {
    onState(false);
    // The browser connects again by itself, unless the answer was not a stream of events.
    if (source?.readyState === EventSource.CLOSED) {
      source = undefined;
      setTimeout(connect, 2000);
    }
  };
  source.onmessage = ({ data }) => {
    last = JSON.parse(data);
    for (const listener of listeners) listener(/** @type {News} */ (last));
  };
}

/**
 * Calls a function with every news, and with the last one at once.
 *
 * @param {Listener} listener
 * @returns {() => void} ends that
 */
export function onNews(listener) {
  listeners.add(listener);
  if (last) listener(last);
  return () => listeners.delete(listener);
}

/** The shortest time between two loads, in milliseconds. */
const MIN_PAUSE = 300;
/** How much of the time a page may keep the platform busy: a fifth. */
const PAUSE_FACTOR = 4;

/**
 * Calls a function now and after news, one call after another, with a pause that grows with the time a call takes.
 *
 * @param {() => Promise<void>} load
 * @returns {() => void} ends that
 */
export function follow(load) {
  let isBusy = false;
  let isWanted = false;
  let isEnded = false;
  const run = async () => {
    if (isEnded) return;
    if (isBusy) {
      isWanted = true;
      return;
    }
    isBusy = true;
    isWanted = false;
    const started = performance.now();
    await load();
    const pause = Math.max(MIN_PAUSE, PAUSE_FACTOR * (performance.now() - started));
    setTimeout(() => {
      isBusy = false;
      if (isWanted) void run();
    }, pause);
  };
  let isFirst = true;
  const end = onNews(() => {
    // The last news is told at once, and the first load has it.
    if (!isFirst) void run();
  });
  isFirst = false;
  void run();
  return () => {
    isEnded = true;
    end();
  };
}
