// The rows of the list: loaded page by page, and extended at the top as traces arrive.
import { getJson } from '../api.js';

/**
 * @typedef {import('../api.js').Row} Row
 * @typedef {import('../api.js').Query} Query
 * @typedef {{
 *   query: () => Query,
 *   isPaused: () => boolean,
 *   onChange: (added: number) => void,
 *   onError: (message: string) => void,
 * }} Options
 */

const PAGE = '200';
/** How many new rows one look may bring; if there are more, the list is loaded again. */
const MAX_NEW = 500;
/** Rows that came in within this time are marked, in milliseconds. */
const FRESH = 1200;

export class Rows {
  /** @type {Row[]} */
  items = [];
  total = 0;
  totalIsMore = false;
  isLoaded = false;
  /** How many new traces are not shown, because the list is paused or not in the order of arrival. */
  waiting = 0;
  /** @type {string | null} */
  #next = null;
  #isLoadingMore = false;
  #newest = 0;
  #looksAgain = false;
  #isLooking = false;
  /** @type {Map<number, number>} */
  #fresh = new Map();
  #abort = new AbortController();
  #options;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Row} row */
  isFresh(row) {
    return performance.now() - (this.#fresh.get(row.number) ?? Number.NEGATIVE_INFINITY) < FRESH;
  }

  /** Loads the first page of what the filters say. */
  async reload() {
    this.stop();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const page = await this.#get({}, signal);
      this.items = page.traces;
      this.total = page.total ?? page.traces.length;
      this.totalIsMore = page.totalIsMore;
      this.#next = page.next;
      this.#newest = Math.max(this.#newest, ...page.traces.map(({ number }) => number));
      this.waiting = 0;
      this.isLoaded = true;
      this.#options.onChange(0);
    } catch (error) {
      this.#report(error, signal);
    }
  }

  async loadMore() {
    if (this.#next === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    const { signal } = this.#abort;
    try {
      const page = await this.#get({ cursor: this.#next }, signal);
      this.#next = page.next;
      this.items = [...this.items, ...page.traces];
      this.#options.onChange(0);
    } catch (error) {
      this.#report(error, signal);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  /** Looks for new traces, and forgets those that were deleted. @param {import('../live.js').News} news */
  async onNews({ oldest, latest }) {
    if (!this.isLoaded) return;
    const before = this.items.length;
    const left = oldest === 0 ? [] : this.items.filter(({ number }) => number >= oldest);
    if (left.length < before) {
      this.items = left;
      this.total = Math.max(left.length, this.total - (before - left.length));
      this.#options.onChange(0);
    }
    if (latest > this.#newest) await this.#look();
  }

  /** Shows the traces that came in while the list was paused. */
  showWaiting() {
    if (this.waiting > 0) void this.reload();
  }

  stop() {
    this.#abort.abort();
    this.#isLoadingMore = false;
  }

  async #look() {
    if (this.#isLooking) {
      this.#looksAgain = true;
      return;
    }
    this.#isLooking = true;
    const { signal } = this.#abort;
    try {
      const after = String(this.#newest);
      const page = await this.#get({ after, sort: 'newest', limit: String(MAX_NEW) }, signal);
      if (page.next !== null) return void (await this.reload());
      if (page.traces.length > 0) this.#add(page.traces);
    } catch (error) {
      this.#report(error, signal);
    } finally {
      this.#isLooking = false;
    }
    if (!this.#looksAgain) return;
    this.#looksAgain = false;
    await this.#look();
  }

  /** @param {Row[]} added the newest first */
  #add(added) {
    this.#newest = added[0].number;
    const { sort = '' } = this.#options.query();
    if (this.#options.isPaused() || (sort !== '' && sort !== 'newest')) {
      this.waiting += added.length;
      this.#options.onChange(0);
      return;
    }
    const now = performance.now();
    this.#fresh = new Map(added.map(({ number }) => [number, now]));
    // A trace of OpenTelemetry comes again, under another number, whenever spans are added to it.
    const ids = new Set(added.map(({ traceId }) => traceId));
    const others = this.items.filter(({ traceId }) => !ids.has(traceId));
    this.total += added.length - (this.items.length - others.length);
    this.items = [...added, ...others];
    this.#options.onChange(added.length);
  }

  /**
   * @param {Query} more
   * @param {AbortSignal} signal
   * @returns {Promise<import('../api.js').Page>}
   */
  #get(more, signal) {
    return getJson('/local/list', { limit: PAGE, ...this.#options.query(), ...more }, { signal });
  }

  /** @param {unknown} error @param {AbortSignal} signal */
  #report(error, signal) {
    if (signal.aborted) return;
    this.#options.onError(error instanceof Error ? error.message : String(error));
  }
}
