// Programs of users, in processes of their own.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { ClientConfig } from 'infinium-o2';
import { options, task } from './client';

const root = path.resolve(__dirname, '../..');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

// Settings of this machine must not change the result of a test.
const PROXIES = /^(all|http|https|no)_proxy$/i;
// Which backend runs clients is decided for all programs of a run.
const OURS = /^INFINIUM_(?!BACKEND$)/;

/** Code that loads everything the package exports as `infinium`; `runProgram` begins with it. */
export const loadCode = `const infinium = require(${JSON.stringify(root)});\n`;

/** Code that makes a `client` for a server and a `task` for it, where `infinium` is loaded. */
export function clientCode(
  baseUrl: string,
  config: ClientConfig = {},
  kind = 'AsyncInfiniumClient',
): string {
  return `const client = new infinium.${kind}(${JSON.stringify(options(baseUrl, config))});
    const task = ${JSON.stringify(task())};
  `;
}

/** Runs code that has `infinium`, with just this added to the environment. It gets SIGKILL after `lived`. */
export async function runProgram(
  code: string,
  env: NodeJS.ProcessEnv = {},
  lived?: Promise<unknown>,
): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !PROXIES.test(name) && !OURS.test(name),
  );
  const child = spawn(process.execPath, ['--eval', loadCode + code], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  lived?.then(() => child.kill('SIGKILL'));
  const limit = setTimeout(() => child.kill('SIGKILL'), 25_000);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const end = await new Promise<Pick<Outcome, 'code' | 'signal'>>((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ code: exitCode, signal }));
  });
  clearTimeout(limit);
  return { ...end, stdout, stderr };
}
