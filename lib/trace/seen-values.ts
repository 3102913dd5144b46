import { SummaryWriter } from './summary-writer';
import { truncate } from './text';

/** A summary of the values that a generator or a stream has given so far: a JSON array of them. */
export class SeenValues {
  readonly #max: number;
  #text = '[';

  /** @param max code points */
  constructor(max: number) {
    this.#max = max;
  }

  /** Values beyond the limit cost nothing. */
  add(value: unknown): void {
    if (this.#text.length > this.#max) return;
    const writer = new SummaryWriter(this.#max - this.#text.length + 1);
    const separator = this.#text.length > 1 ? ',' : '';
    this.#text += separator + (writer.write(value, '') ? writer.text : 'null');
  }

  get text(): string {
    return truncate(`${this.#text}]`, this.#max);
  }
}
