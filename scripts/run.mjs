// What the other scripts share: running commands, and saying what is missing.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The top of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a command to its end, with its output here, and ends this process if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function run(command, args, env = {}) {
  const shell = process.platform === 'win32';
  const options = { cwd: root, stdio: /** @type {const} */ ('inherit'), shell };
  const { status, error } = spawnSync(command, args, {
    ...options,
    env: { ...process.env, ...env },
  });
  if (error) stop(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * @param {string} problem
 * @returns {never}
 */
export function stop(problem) {
  console.error(`\n${problem}\n`);
  process.exit(1);
}

/** Ends with advice if there is no Rust here. */
export function needRust() {
  if (spawnSync('cargo', ['--version']).error) {
    stop('This builds from source and needs Rust 1.89 or newer: install it from https://rustup.rs');
  }
}

/**
 * Starts the local platform on a free port.
 *
 * @param {string[]} [args]
 * @returns {Promise<{ url: string, viewer: string, stop: () => Promise<void> }>}
 */
export async function startPlatform(args = []) {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const target = process.env.CARGO_TARGET_DIR ?? `${root}target`;
  const child = spawn(`${target}/debug/infinium-local${suffix}`, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`infinium-local ended with ${code}`)));
    child.stdout.once('data', (data) => resolve(String(data)));
  });
  return {
    ...JSON.parse(line),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
