// What the other scripts share: paths, running commands, and ending with a message.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, without a slash at the end. */
export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** The version of everything that is published. @type {{ version: string }} */
export const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Where cargo builds. */
export const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');

/**
 * Runs a command in the root of the repository, waits until it ends, and shows its output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to that of this process
 * @returns {number} its exit code; 1 if a signal ended it
 */
export function exitCodeOf(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  if (error) stop(`${command} could not be started: ${error.message}`);
  return status ?? 1;
}

/**
 * Runs a command like {@link exitCodeOf}, and ends this process if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function run(command, args, env = {}) {
  const code = exitCodeOf(command, args, env);
  if (code !== 0) process.exit(code);
}

/**
 * The command for a tool in node_modules. A tool that is not installed is not downloaded.
 *
 * @param {string} name
 * @param {string[]} args
 * @returns {[command: string, args: string[]]}
 */
export function toolCommand(name, args) {
  return ['npx', ['--no', '--', name, ...args]];
}

/**
 * Runs a tool in node_modules like {@link run}.
 *
 * @param {string} name
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
export function runTool(name, args = [], env = {}) {
  run(...toolCommand(name, args), env);
}

/**
 * Ends this process with exit code 1 and a message.
 *
 * @param {string} problem
 * @returns {never}
 */
export function stop(problem) {
  console.error(`\n${problem}\n`);
  process.exit(1);
}

/** Ends this process with advice if Rust is not installed. */
export function needRust() {
  const { error, status } = spawnSync('cargo', ['--version']);
  if (!error && status === 0) return;
  stop(
    'This project is built from source, which needs Rust 1.89 or newer, and cargo was not found.\n' +
      'Install Rust from https://rustup.rs, open a new terminal, and run the same command again.',
  );
}

/**
 * Whether a module was started as the program rather than imported.
 *
 * @param {string} url its import.meta.url
 */
export function isMain(url) {
  return path.resolve(process.argv[1] ?? '') === fileURLToPath(url);
}
