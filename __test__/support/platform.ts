// The local platform, for tests that want a real one.
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');

export interface Platform {
  /** The base URL for clients. */
  url: string;
  /** What is stored, oldest first. */
  traces(): Promise<{ traceId: string; agentId: string; body: any }[]>;
  /** Arrivals, stored, duplicates, answers by status. */
  stats(): Promise<{ arrivals: number; stored: number; duplicates: number }>;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** Any request to its control endpoints. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
  stop(): Promise<void>;
}

/** Starts a platform on a free port. */
export async function startPlatform(args: string[] = []): Promise<Platform> {
  const child = spawn(
    path.join(target, 'debug/infinium-local'),
    ['--port', '0', '--memory', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`infinium-local ended with ${code}`)));
    child.stdout.once('data', (data) => resolve(String(data)));
  });
  const { url } = JSON.parse(line);
  const control = (method: string, where: string, body?: unknown) =>
    fetch(new URL(`/local/${where}`, url), {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  return {
    url,
    control,
    traces: async () => (await control('GET', 'traces?limit=100000')).json() as any,
    stats: async () => (await control('GET', 'stats')).json() as any,
    clear: async () => {
      await control('DELETE', 'traces');
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
