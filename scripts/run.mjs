// What the other scripts share: running commands, and saying what is missing.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the repository, without a slash at the end. */
export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Where cargo builds. */
export const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');

/**
 * Runs a command at the top of the repository to its end, with its output here, and ends this process
 * if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] beside this process's own
 */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  if (error) stop(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Runs a tool out of node_modules like {@link run}; one that is not there is not fetched.
 *
 * @param {string} name
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
export function runTool(name, args = [], env = {}) {
  run('npx', ['--no', '--', name, ...args], env);
}

/**
 * Ends this process with what there is to say about it.
 *
 * @param {string} problem
 * @returns {never}
 */
export function stop(problem) {
  console.error(`\n${problem}\n`);
  process.exit(1);
}

/** Ends this process with advice if there is no Rust here. */
export function needRust() {
  const { error, status } = spawnSync('cargo', ['--version']);
  if (!error && status === 0) return;
  stop(
    'This is built from source, which needs Rust 1.89 or newer, and cargo was not found.\n' +
      'Install it as https://rustup.rs says, open a new terminal, and run the same command again.',
  );
}

/**
 * Whether a module is the program that was started, and not part of another.
 *
 * @param {string} url its import.meta.url
 */
export function isMain(url) {
  return path.resolve(process.argv[1] ?? '') === fileURLToPath(url);
}
