// Starts the local platform for the other scripts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stop, target } from './run.mjs';

const name = process.platform === 'win32' ? 'infinium-local.exe' : 'infinium-local';

/** The path of its program, which setup.mjs builds. */
export const localPlatform = path.join(target, 'debug', name);

/**
 * Starts the local platform on a free port. It stops when this process exits, at the latest.
 *
 * @param {string[]} [args] by default, its traces are in memory
 * @param {{ program?: string }} [options]
 * @returns {Promise<{ url: string, viewer: string, pid: number, stop: () => Promise<void> }>} `url` is the
 *   base URL for clients, `viewer` that of its pages
 */
export async function startPlatform(args = ['--memory'], { program = localPlatform } = {}) {
  const child = spawn(program, ['--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill();
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout });
  const ready = await Promise.race([once(lines, 'line'), once(child, 'error'), ended]);
  const [first] = Array.isArray(ready) ? ready : [`it exited with code ${ready}`];
  if (typeof first !== 'string' || !first.startsWith('{')) stop(`${name} did not start: ${first}`);
  return {
    ...JSON.parse(first),
    pid: child.pid,
    stop: async () => {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}
