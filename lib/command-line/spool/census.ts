import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import { CORRUPT, isAgent, isClient, namesIn, storedAt } from './format';

/** What a directory holds. */
export interface Holding {
  /** The name of the directory of a client, or `corrupt`. */
  name: string;
  /** The number of tasks, or of files that are none. */
  files: number;
  bytes: number;
  /** When the oldest task was stored, in milliseconds since 1970; undefined if there is none. */
  oldest: number | undefined;
}

/** The tasks of one agent. */
export interface AgentHolding {
  /** The name of its directory: a digest of the base URL and the agent id. */
  name: string;
  clients: Holding[];
  corrupt: Holding;
}

/** Counts what is in a spool. It locks and changes nothing, so that processes can use the spool meanwhile. */
export function countSpool(directory: string): AgentHolding[] {
  return [...namesIn(directory)]
    .filter(isAgent)
    .sort()
    .map((name) => countAgent(directory, name));
}

export function countAgent(directory: string, name: string): AgentHolding {
  const root = path.join(directory, name);
  const clients = [...namesIn(root)]
    .filter(isClient)
    .map((client) => count(root, client, (file) => storedAt(file) !== undefined))
    .filter(({ files }) => files > 0)
    .sort((a, b) => (a.oldest as number) - (b.oldest as number));
  return { name, clients, corrupt: count(root, CORRUPT, () => true) };
}

export function tasksOf({ clients }: AgentHolding): number {
  return clients.reduce((sum, { files }) => sum + files, 0);
}

function count(root: string, name: string, isCounted: (file: string) => boolean): Holding {
  const holding: Holding = { name, files: 0, bytes: 0, oldest: undefined };
  for (const file of namesIn(path.join(root, name))) {
    if (!isCounted(file)) continue;
    const stats = look(path.join(root, name, file));
    // It may have been sent since it was listed.
    if (!stats) continue;
    holding.files += 1;
    holding.bytes += stats.size;
    const at = storedAt(file);
    if (at !== undefined) holding.oldest = Math.min(at, holding.oldest ?? at);
  }
  return holding;
}

export function look(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}
