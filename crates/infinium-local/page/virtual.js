// Lists of any length: only the rows in sight are in the document.

/** Rows above and below those in sight, so that fast scrolling shows no gaps. */
const MARGIN = 12;

/**
 * @template T
 * @typedef {{
 *   rowHeight: number,
 *   makeRow: (item: T, index: number) => HTMLElement,
 *   onNearEnd?: () => void,
 * }} Options
 */

/** @template T */
export class VirtualList {
  /** @type {T[]} */
  #items = [];
  /** @type {Map<number, { item: T, row: HTMLElement }>} */
  #shown = new Map();
  #scroller;
  #space;
  #options;
  #frame = 0;
  #observer;

  /**
   * @param {HTMLElement} scroller the element that scrolls
   * @param {HTMLElement} space the element in it that holds the rows
   * @param {Options<T>} options
   */
  constructor(scroller, space, options) {
    this.#scroller = scroller;
    this.#space = space;
    this.#options = options;
    space.classList.add('virtual');
    scroller.addEventListener('scroll', () => this.#later(), { passive: true });
    this.#observer = new ResizeObserver(() => this.#later());
    this.#observer.observe(scroller);
  }

  get items() {
    return this.#items;
  }

  /**
   * Shows other items. Rows of items that stay are kept.
   *
   * @param {T[]} items
   * @param {{ keepInSight?: number }} [options] how many items were added at the top, while what is in
   *   sight should stay there
   */
  setItems(items, { keepInSight = 0 } = {}) {
    this.#items = items;
    this.#space.style.height = `${items.length * this.#options.rowHeight}px`;
    if (keepInSight > 0 && this.#scroller.scrollTop > 0) {
      this.#scroller.scrollTop += keepInSight * this.#options.rowHeight;
    }
    this.#render();
  }

  /** Makes all rows again. */
  refresh() {
    for (const { row } of this.#shown.values()) row.remove();
    this.#shown.clear();
    this.#render();
  }

  /** @param {number} rowHeight */
  setRowHeight(rowHeight) {
    if (rowHeight === this.#options.rowHeight) return;
    this.#options.rowHeight = rowHeight;
    this.setItems(this.#items);
    this.refresh();
  }

  /** Scrolls as far as needed to show an item, and returns its row. @param {number} index */
  reveal(index) {
    const { rowHeight } = this.#options;
    const top = index * rowHeight + this.#space.offsetTop - this.#scroller.offsetTop;
    // What sticks to the top covers rows.
    const covered = this.#space.offsetTop - this.#scroller.offsetTop;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top - covered < scrollTop) this.#scroller.scrollTop = top - covered;
    else if (top + rowHeight > scrollTop + clientHeight) {
      this.#scroller.scrollTop = top + rowHeight - clientHeight;
    }
    this.#render();
    return this.#shown.get(index)?.row;
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
  }

  #later() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#render());
  }

  #render() {
    const { rowHeight, makeRow, onNearEnd } = this.#options;
    const offset = this.#space.offsetTop - this.#scroller.offsetTop;
    const from = Math.floor((this.#scroller.scrollTop - offset) / rowHeight) - MARGIN;
    const inSight = Math.ceil(this.#scroller.clientHeight / rowHeight);
    const first = Math.max(0, from);
    const end = Math.min(this.#items.length, from + inSight + 2 * MARGIN);
    for (const [index, { item, row }] of this.#shown) {
      if (index >= first && index < end && this.#items[index] === item) continue;
      row.remove();
      this.#shown.delete(index);
    }
    for (let index = first; index < end; index += 1) {
      if (this.#shown.has(index)) continue;
      const item = this.#items[index];
      const row = makeRow(item, index);
      row.style.transform = `translateY(${index * rowHeight}px)`;
      row.style.height = `${rowHeight}px`;
      this.#shown.set(index, { item, row });
      this.#place(row, index);
    }
    if (end > this.#items.length - 3 * inSight) onNearEnd?.();
  }

  /** Rows are in the document in their order, for those who hear or tab through them. */
  #place(/** @type {HTMLElement} */ row, /** @type {number} */ index) {
    let next = index + 1;
    while (next < index + 200 && !this.#shown.has(next)) next += 1;
    this.#space.insertBefore(row, this.#shown.get(next)?.row ?? null);
  }
}
