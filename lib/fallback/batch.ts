import type { NativeBatch } from '../../js-binding';

/** What a batch needs of its client. */
export interface BatchTarget {
  addTask(callId: number, task: string): void;
  addUnreadable(callId: number, field: string, message: string, name?: string | null): void;
  endBatch(callId: number): void;
}

/** The tasks of a batch, added one by one. */
export class Batch implements NativeBatch {
  readonly #client: BatchTarget;
  readonly #callId: number;

  constructor(client: BatchTarget, callId: number) {
    this.#client = client;
    this.#callId = callId;
  }

  add(task: string): void {
    this.#client.addTask(this.#callId, task);
  }

  addUnreadable(field: string, message: string, name?: string | null): void {
    this.#client.addUnreadable(this.#callId, field, message, name);
  }

  end(): void {
    this.#client.endBatch(this.#callId);
  }
}
