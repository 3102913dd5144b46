// Programs of users, in processes of their own.
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

// What the machine is set to must not decide what a test says.
const PROXIES = /^(all|http|https|no)_proxy$/i;
const OURS = /^INFINIUM_/;

/** Runs code that has everything the package exports as `infinium`, with just this added to the environment. */
export async function runProgram(code: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !PROXIES.test(name) && !OURS.test(name),
  );
  const child = spawn(
    process.execPath,
    ['--eval', `const infinium = require(${JSON.stringify(root)});\n${code}`],
    {
      cwd: root,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
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
