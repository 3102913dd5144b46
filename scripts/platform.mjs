// Starts the local platform for the other scripts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stop, target } from './run.mjs';

/**
 * Starts the local platform on a free port. It ends with this process at the latest.
 *
 * @param {string[]} [args]
 * @returns {Promise<{ url: string, viewer: string, stop: () => Promise<void> }>} `url` is the base URL
 *   for clients, `viewer` that of its pages
 */
export async function startPlatform(args = []) {
  const name = process.platform === 'win32' ? 'infinium-local.exe' : 'infinium-local';
  const child = spawn(path.join(target, 'debug', name), ['--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill();
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const ready = once(createInterface({ input: child.stdout }), 'line');
  const failed = once(child, 'error').then(([error]) => stop(`${name} did not start: ${error}`));
  const early = ended.then((code) => stop(`${name} ended with code ${code} before it was ready`));
  const [line] = await Promise.race([ready, failed, early]);
  return {
    ...JSON.parse(line),
    stop: async () => {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}
