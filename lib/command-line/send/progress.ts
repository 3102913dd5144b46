import { formatCount, formatDuration } from '../output';
import type { Ledger } from './ledger';

/** The time between two drawings, in milliseconds. */
const INTERVAL = 100;
const WIDTH = 24;

/** What a progress bar draws on. */
export interface Terminal {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

interface Setup {
  ledger: Ledger;
  /** The size of the file in bytes; undefined if nobody knows. */
  size: number | undefined;
  /** Where reading begins, in bytes. */
  start: number;
}

/** A progress bar on a terminal, and nothing elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #setup: Setup;
  readonly #began = performance.now();
  readonly #before: number;
  #offset: number;
  #drawn = Number.NEGATIVE_INFINITY;
  #isShown = false;

  constructor(terminal: Terminal, setup: Setup) {
    this.#terminal = terminal;
    this.#setup = setup;
    this.#offset = setup.start;
    this.#before = setup.ledger.sent + setup.ledger.failed;
  }

  /** @param offset how much of the file is read, in bytes */
  advance(offset = this.#offset): void {
    this.#offset = offset;
    const now = performance.now();
    if (!this.#terminal.isTTY || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    this.#isShown = true;
    const text = this.#describe(now - this.#began);
    const columns = this.#terminal.columns || 80;
    this.#terminal.write(`\r\x1b[K${text.slice(0, columns - 1)}`);
  }

  /** Removes the bar, so that other lines can be written. */
  clear(): void {
    if (this.#isShown) this.#terminal.write('\r\x1b[K');
    this.#isShown = false;
    this.#drawn = Number.NEGATIVE_INFINITY;
  }

  #describe(milliseconds: number): string {
    const { ledger, size, start } = this.#setup;
    const { sent, failed } = ledger;
    const rate = (sent + failed - this.#before) / (Math.max(milliseconds, 1) / 1_000);
    const counts = `${formatCount(sent)} sent, ${formatCount(failed)} failed, ${formatCount(Math.round(rate))}/s`;
    if (size === undefined) return counts;
    const share = size === 0 ? 1 : Math.min(1, this.#offset / size);
    const done = Math.round(share * WIDTH);
    const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
    const read = this.#offset - start;
    const left = read > 0 ? (milliseconds * (size - this.#offset)) / read : 0;
    // The first moments tell little.
    const time = milliseconds > 1_000 && left > 1_000 ? `, ${formatDuration(left)} left` : '';
    return `${bar} ${Math.floor(share * 100)} %  ${counts}${time}`;
  }
}
