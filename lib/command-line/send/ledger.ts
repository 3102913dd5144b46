import type { Line, Position } from './lines';

/** Which lines are settled: all before `next`, apart from those that are open. */
export interface Settled {
  next: Position;
  open: Position[];
  sent: number;
  failed: number;
}

/**
 * Knows what has become of each line. Lines finish in any order, but only few are open at a time, so this stays
 * small whatever the size of the file.
 */
export class Ledger {
  sent = 0;
  failed = 0;
  /** The lines that were begun and are not settled, by their numbers. */
  readonly #open = new Map<number, number>();
  #next: Position = { number: 1, offset: 0 };
  /** Of an earlier run: the open lines, which are still to be read. */
  readonly #again = new Set<number>();

  constructor(before?: Settled) {
    if (!before) return;
    this.sent = before.sent;
    this.failed = before.failed;
    this.#next = before.next;
    for (const { number, offset } of before.open) {
      this.#open.set(number, offset);
      this.#again.add(number);
    }
  }

  /** Where reading begins. */
  get start(): Position {
    const open = [...this.#open].map(([number, offset]) => ({ number, offset }));
    return open.reduce((a, b) => (b.number < a.number ? b : a), this.#next);
  }

  /** The lines that are not settled. */
  get open(): number[] {
    return [...this.#open.keys()].sort((a, b) => a - b);
  }

  /** Begins a line. Returns false if an earlier run has settled it. */
  begin({ number, offset, end }: Line): boolean {
    if (number < this.#next.number) return this.#again.delete(number);
    this.#next = { number: number + 1, offset: end };
    this.#open.set(number, offset);
    return true;
  }

  settle(number: number, outcome: 'sent' | 'failed' | 'blank'): void {
    this.#open.delete(number);
    if (outcome !== 'blank') this[outcome] += 1;
  }

  settled(): Settled {
    const open = [...this.#open].map(([number, offset]) => ({ number, offset }));
    return { next: this.#next, open, sent: this.sent, failed: this.failed };
  }
}
