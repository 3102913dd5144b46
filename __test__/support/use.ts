// What the tests of a file need around them. Each function registers hooks that make something before every
// test and remove it afterwards, so that no test sees what is left of another.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeClients } from './client';
import { type Server, startServer } from './http';
import { startProxy, type TestProxy } from './proxy';
import { type RawServer, startRawServer } from './raw';
import type { Identity } from './tls';

/** Starts something new for each test, in one and the same object, and stops it afterwards. */
function useFresh<T extends { stop(): Promise<void> }>(
  start: (into: T) => Promise<T>,
  fresh = {} as T,
): T {
  beforeEach(() => start(fresh));
  // A client that is left open would go on retrying during later tests.
  afterEach(closeClients);
  afterEach(() => fresh.stop());
  return fresh;
}

/**
 * A server, for https if it has an identity. The clients of `support/client` are closed after each test. Its
 * arrays are the same in all tests.
 */
export function useServer(identity?: Identity): Server {
  const lists = { seen: [], bodies: [], script: [] } as Partial<Server>;
  return useFresh((into) => startServer(identity, into), lists as Server);
}

/** The same for a server that writes bytes. */
export function useRawServer(): RawServer {
  return useFresh(startRawServer);
}

/** The same for a proxy. */
export function useProxy(): TestProxy {
  return useFresh(startProxy);
}

/** The path of a directory that is empty when a test begins. */
export function useDirectory(): { readonly path: string } {
  const directory = { path: '' };
  beforeEach(() => {
    directory.path = mkdtempSync(path.join(tmpdir(), 'infinium-test-'));
  });
  afterEach(() => rmSync(directory.path, { recursive: true, force: true }));
  return directory;
}

/** Restores the environment variables that clients read after each test. */
export function useEnvironment(): void {
  const names = ['INFINIUM_AGENT_ID', 'INFINIUM_AGENT_SECRET', 'INFINIUM_BASE_URL'];
  const saved = { ...process.env };
  afterEach(() => {
    for (const name of names) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });
}
