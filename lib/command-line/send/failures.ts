import { closeSync, openSync, writeSync } from 'node:fs';
import { Problem, reasonOf } from '../output';

/** Failures that are shown when they go to no file. */
const MAX_SHOWN = 10;

/** Why a line failed. */
export interface LineError {
  name: string;
  message: string;
  statusCode?: number;
  /** The path to the wrong value. */
  field?: string;
}

/** A line that failed, with its task, or its text if it holds none. */
export interface Failure {
  line: number;
  error: LineError;
  task: unknown;
}

/** Receives the lines that failed. */
export interface Failures {
  add(failure: Failure): void;
  close(): void;
}

/** Writes failures to a file, one per line. It can be sent again as it is. */
export class FailedFile implements Failures {
  readonly #path: string;
  readonly #mode: string;
  #file: number | undefined;

  /** @param continues whether the failures of an earlier run stay */
  constructor(path: string, continues: boolean) {
    this.#path = path;
    this.#mode = continues ? 'a' : 'w';
    // At once, so that a path that is wrong shows before anything is sent.
    this.#file = this.#try(() => openSync(path, this.#mode, 0o600));
  }

  /** Returns when it is written, so that a line never counts as settled before. */
  add(failure: Failure): void {
    const bytes = Buffer.from(`${JSON.stringify(failure)}\n`);
    this.#try(() => {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#file as number, bytes, done);
      }
    });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #try<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw new Problem(`${this.#path} cannot be written: ${reasonOf(error)}`);
    }
  }
}

/** Shows the first failures. */
export class ShownFailures implements Failures {
  readonly #show: (text: string) => void;
  #count = 0;

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  add({ line, error }: Failure): void {
    this.#count += 1;
    if (this.#count <= MAX_SHOWN) this.#show(`line ${line}: ${error.message}\n`);
  }

  close(): void {
    const more = this.#count - MAX_SHOWN;
    if (more > 0) this.#show(`… and ${more} more: --failed FILE writes all of them to a file\n`);
  }
}

export function describe(error: any): LineError {
  const { name, message, statusCode, field } = error;
  return {
    name,
    message,
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(field === undefined ? {} : { field }),
  };
}
