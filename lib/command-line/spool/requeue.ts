import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { plural, print, printError } from '../output';
import { look } from './census';
import { CORRUPT, findDamage, isAgent, MAX_FILE_BYTES, nameBefore, namesIn } from './format';

/**
 * Puts files that were set aside back among the tasks, if they are complete tasks now: they were restored, or the disk
 * has given other bytes for a moment. The others stay, because nobody can tell what they were.
 *
 * @returns whether all could be put back
 */
export function requeueCorrupt(directory: string): boolean {
  let [requeued, kept] = [0, 0];
  for (const agent of [...namesIn(directory)].filter(isAgent)) {
    const corrupt = path.join(directory, agent, CORRUPT);
    const files = [...namesIn(corrupt)];
    const complete = files.filter((name) => {
      const file = path.join(corrupt, name);
      const reason = whyNot(file, name);
      if (reason !== undefined) printError(`${file} stays: ${reason}\n`);
      return reason === undefined;
    });
    kept += files.length - complete.length;
    requeued += requeue(path.join(directory, agent), complete);
  }
  print(`${plural(requeued, 'task')} put back; ${plural(kept, 'file')} cannot be.\n`);
  if (requeued > 0)
    print('The next client with this spool delivers them, or infinium-o2 spool --send.\n');
  if (kept > 0) print('Look at them, and remove those that you do not need.\n');
  return kept === 0;
}

function whyNot(file: string, name: string): string | undefined {
  if (nameBefore(name) === undefined) return 'it is not named as a task is';
  const stats = look(file);
  if (!stats?.isFile()) return 'it is not a file';
  if (stats.size > MAX_FILE_BYTES) return 'it is larger than any task';
  return findDamage(readFileSync(file));
}

/** Moves tasks into the directory of a client that is gone. It appears with all of them, so that none is overlooked. */
function requeue(root: string, names: string[]): number {
  if (names.length === 0) return 0;
  const corrupt = path.join(root, CORRUPT);
  const client = randomUUID().replaceAll('-', '');
  const hidden = path.join(corrupt, client);
  mkdirSync(hidden, { mode: 0o700 });
  let moved = 0;
  for (const name of names) {
    const to = path.join(hidden, nameBefore(name) as string);
    // Two clients may have stored tasks in the same microsecond: the other one is put back next time.
    if (look(to)) continue;
    renameSync(path.join(corrupt, name), to);
    moved += 1;
  }
  renameSync(hidden, path.join(root, client));
  try {
    rmdirSync(corrupt);
  } catch {
    // Other files stay in it.
  }
  return moved;
}
