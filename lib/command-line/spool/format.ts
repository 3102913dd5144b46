import { createHash } from 'node:crypto';
import { type Dir, opendirSync } from 'node:fs';

// The files of a spool, as the native client writes them: crates/infinium-client/src/spool.

/** The name of the directory for files that are no tasks. */
export const CORRUPT = 'corrupt';

const FORMAT = 'infinium-o2 task 1';
/** No file of a task is larger, in bytes. */
export const MAX_FILE_BYTES = 1_048_576 + 256;
/** The directories of agents, and in them those of clients. */
const AGENT = /^[0-9a-f]{16}$/;
const CLIENT = /^[0-9a-f]{32}$/;
const TASK = /^([0-9a-f]{16})\.task$/;
/** A file that was set aside is named for the directory that it was in, too. */
const SET_ASIDE = /^.+-([0-9a-f]{16}\.task)$/;

/** What the native client encodes in a segment of a path; all of an id is printable ASCII. */
const ENCODED = /[ "#<>?`{}/%\\]/g;

/** The name of the directory for the tasks of an agent. */
export function directoryOf(baseUrl: string, agentId: string): string {
  const id = agentId.trim().replace(ENCODED, encodeURIComponent);
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/agents/${id}`);
  return createHash('sha256').update(url.href).digest('hex').slice(0, 16);
}

export function isAgent(name: string): boolean {
  return AGENT.test(name);
}

export function isClient(name: string): boolean {
  return CLIENT.test(name);
}

/** Returns when a task was stored, in milliseconds since 1970; undefined if a name is not that of a task. */
export function storedAt(name: string): number | undefined {
  const number = TASK.exec(name)?.[1];
  return number === undefined ? undefined : Number(BigInt(`0x${number}`) / 1_000n);
}

/** Returns the name that a file had before it was set aside. */
export function nameBefore(name: string): string | undefined {
  return SET_ASIDE.exec(name)?.[1];
}

/** Returns why a file is not a complete task; undefined if it is one. */
export function findDamage(content: Buffer): string | undefined {
  const ends: number[] = [];
  for (let end = -1; ends.length < 3; ends.push(end)) {
    end = content.indexOf(0x0a, end + 1);
    if (end < 0) return 'it is incomplete';
  }
  const [format, key, digest] = ends as [number, number, number];
  if (content.toString('latin1', 0, format) !== FORMAT) return 'it is of another format';
  const sealed = createHash('sha256')
    .update(content.subarray(format + 1, key))
    .update('\n')
    .update(content.subarray(digest + 1))
    .digest('hex');
  return sealed === content.toString('latin1', key + 1, digest)
    ? undefined
    : 'its content is not what was written';
}

/** Lists a directory one name at a time, because there may be millions; nothing if it is gone. */
export function* namesIn(path: string): Generator<string> {
  let directory: Dir;
  try {
    directory = opendirSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) yield entry.name;
  } finally {
    directory.closeSync();
  }
}
