// The program of the command line, as users start it.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { agentId, agentSecret } from './client';
import type { Server } from './http';

const program = path.resolve(__dirname, '../../dist/cli.js');

// Settings of this machine must not change the result of a test.
const FOREIGN = /^(INFINIUM_.*|(all|http|https|no)_proxy|NODE_EXTRA_CA_CERTS|NO_COLOR)$/i;

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  /** Its standard input. Default: nothing. */
  input?: string;
  cwd?: string;
}

export interface CommandOutcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Running {
  child: ChildProcess;
  outcome: Promise<CommandOutcome>;
  /** What it has written to standard error so far. */
  readonly stderr: string;
}

/** The environment of a program that has the credentials for a server. */
export function environmentOf(server: Server): NodeJS.ProcessEnv {
  return {
    INFINIUM_AGENT_ID: agentId,
    INFINIUM_AGENT_SECRET: agentSecret,
    INFINIUM_BASE_URL: server.url,
  };
}

export function startCommand(
  args: string[],
  { env = {}, input, cwd }: CommandOptions = {},
): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: 'pipe',
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  const outcome = new Promise<CommandOutcome>((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    child,
    outcome,
    get stderr() {
      return stderr;
    },
  };
}

/** Runs the program until it ends. */
export function runCommand(args: string[], options: CommandOptions = {}): Promise<CommandOutcome> {
  return startCommand(args, { input: '', ...options }).outcome;
}
