import { createReadStream, type Stats, statSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { Problem, reasonOf } from '../output';

/** A file, or standard input. */
export interface Input {
  /** Undefined for standard input. */
  stats: Stats | undefined;
  /**
   * @param start in bytes
   * @param signal ends reading, also while there is nothing to read
   */
  open(start: number, signal: AbortSignal): AsyncIterable<Buffer>;
}

/** @throws {Problem} if there is no such file */
export function openInput(name: string): Input {
  if (name === '-') {
    return { stats: undefined, open: (_, signal) => addAbortSignal(signal, process.stdin) };
  }
  let stats: Stats;
  try {
    stats = statSync(name);
  } catch (error) {
    throw unreadable(name, error);
  }
  if (stats.isDirectory()) throw unreadable(name, { code: 'EISDIR' });
  return { stats, open: (start, signal) => readChunks(name, start, signal) };
}

async function* readChunks(
  name: string,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    // A pipe has no positions.
    yield* addAbortSignal(signal, createReadStream(name, start > 0 ? { start } : {}));
  } catch (error) {
    if (signal.aborted) return;
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): Problem {
  return new Problem(`${name} cannot be read: ${reasonOf(error)}`);
}
