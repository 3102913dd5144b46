import type { Delivery } from '../../index';

/** The outcome of sending a trace, which is known once. */
export class Delivered {
  #resolve!: (delivery: Delivery) => void;
  readonly promise = new Promise<Delivery>((resolve) => {
    this.#resolve = resolve;
  });

  settle(delivery: Delivery): void {
    this.#resolve(delivery);
  }
}
