import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { Problem, reasonOf } from '../output';
import type { Ledger, Settled } from './ledger';

/** The format of the file. */
const VERSION = 1;
/** The number of bytes at the beginning of a file that tell whether it is the same. */
const COMPARED_BYTES = 65_536;

/** What tells whether a file is the same as before. */
interface Identity {
  size: number;
  /** SHA-256 of the first bytes, in hex. */
  start: string;
}

interface Content extends Settled {
  version: number;
  file: Identity;
}

/**
 * Remembers which lines of a file are settled.
 *
 * The file is replaced as a whole, so that it is complete whenever the process is killed. Lines that were settled
 * since the last time are sent again, never skipped.
 */
export class StateFile {
  readonly #path: string;
  readonly #file: Identity;
  readonly #ledger: Ledger;
  #writing: Promise<void> | undefined;
  #isStale = false;
  /** Why it could not be written. */
  problem: Problem | undefined;

  constructor(path: string, file: Identity, ledger: Ledger) {
    this.#path = path;
    this.#file = file;
    this.#ledger = ledger;
  }

  /** Writes what is settled by now. Only one write runs at a time; the next one has all that came meanwhile. */
  save(): void {
    this.#isStale = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Waits until all is written. @throws {Problem} */
  async close(): Promise<void> {
    this.save();
    await this.#writing;
    if (this.problem) throw this.problem;
  }

  async #write(): Promise<void> {
    // Always the same name: the next run replaces what a killed one has left.
    const next = `${this.#path}.tmp`;
    while (this.#isStale && !this.problem) {
      this.#isStale = false;
      const content: Content = { version: VERSION, file: this.#file, ...this.#ledger.settled() };
      try {
        await writeFile(next, `${JSON.stringify(content)}\n`, { mode: 0o600 });
        await rename(next, this.#path);
      } catch (error) {
        await rm(next, { force: true }).catch(() => {});
        this.problem = new Problem(`${this.#path} cannot be written: ${reasonOf(error)}`);
      }
    }
  }
}

/** Returns what was settled before; undefined if there is no state yet. @throws {Problem} */
export function readState(path: string, file: Identity, name: string): Settled | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Problem(`${path} cannot be read: ${reasonOf(error)}`);
  }
  const content = parseState(text);
  if (!content) {
    throw new Problem(
      `${path} is not a state that this version can read. Name another file, or remove it to send all of ${name}.`,
    );
  }
  if (content.file.size !== file.size || content.file.start !== file.start) {
    throw new Problem(
      `${name} has changed since ${path} was written, so its lines may be others. Use the file as it was, or remove ` +
        `${path} to send all lines.`,
    );
  }
  return content;
}

function parseState(text: string): Content | undefined {
  try {
    const { version, file, next, open, sent, failed } = JSON.parse(text);
    const isPosition = ({ number, offset }: any) =>
      Number.isSafeInteger(number) && Number.isSafeInteger(offset);
    const isKnown = version === VERSION && isPosition(next) && open.every(isPosition);
    return isKnown ? { version, file, next, open, sent, failed } : undefined;
  } catch {
    return undefined;
  }
}

/** @param path of a regular file */
export function identify(path: string, size: number): Identity {
  const bytes = Buffer.alloc(Math.min(size, COMPARED_BYTES));
  const file = openSync(path, 'r');
  try {
    const read = readSync(file, bytes, 0, bytes.length, 0);
    return { size, start: createHash('sha256').update(bytes.subarray(0, read)).digest('hex') };
  } finally {
    closeSync(file);
  }
}
