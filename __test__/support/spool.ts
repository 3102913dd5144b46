// Spools, and the programs that leave tasks in them.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ClientConfig, ClientStats } from 'infinium-o2';
import { options, sequential, task } from './client';
import type { Server } from './http';
import { conserved } from './stats';
import { useDirectory } from './use';

export interface Spool {
  /** The directory, for `spoolDir`. */
  readonly path: string;
  /** Every file below it whose name ends like this; tasks if it is not given. */
  files(suffix?: string): string[];
  /** The idempotency keys that the server has seen. */
  keys(): Set<unknown>;
  /** Code of a program that has the spool, a `client` and `task(name)`. */
  begin(config?: ClientConfig): string;
  /** Delivers what others have left, and returns the counts. */
  recover(config?: ClientConfig): Promise<ClientStats>;
}

/** Code that ends a program before it can do anything else. */
export const die = "process.kill(process.pid, 'SIGKILL');";

/** A spool for each test of a file, for tasks that go to this server. */
export function useSpool(server: Server): Spool {
  const directory = useDirectory();
  return {
    get path() {
      return directory.path;
    },
    files: (suffix = '.task') =>
      readdirSync(directory.path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(suffix))
        .map((name) => path.join(directory.path, name))
        .sort(),
    keys: () => new Set(server.seen.map(({ headers }) => headers['idempotency-key'])),
    begin: (config = {}) => {
      const own = { spoolDir: directory.path, exitTimeout: 0, ...config };
      return `const client = new infinium.InfiniumClient(${JSON.stringify(options(server.url, own))});
        const task = (name) => ({ ...${JSON.stringify(task())}, name: String(name) });`;
    },
    recover: async (config = {}) => {
      const client = sequential(server.url, { spoolDir: directory.path, ...config });
      expect(await client.flush({ timeout: 20_000 })).toBe(true);
      const stats = conserved(client);
      await client.close();
      return stats;
    },
  };
}
