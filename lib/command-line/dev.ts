import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import type { Command } from './command';
import { Problem, printError } from './output';

const NAME = 'infinium-local';

export const dev: Command = {
  summary: `start a platform on this machine (${NAME})`,
  usage: '',
  passesOn: true,
  run,
};

/** Starts the local platform with these arguments, and ends as it ends. */
async function run(args: string[]): Promise<number> {
  const program = findProgram();
  if (!program) {
    throw new Problem(
      `infinium-o2 dev needs the package ${NAME}. Install it, and try again:\n\n  npm install --save-dev ${NAME}`,
    );
  }
  const [first = '-'] = args;
  const asks = args.some((arg) => ['-h', '--help', '-V', '--version'].includes(arg));
  const serves = first.startsWith('-') && !asks;
  // It prints its address itself.
  if (serves) {
    printError(
      'Clients need these variables, and INFINIUM_BASE_URL. Any id of 3 and any secret of 8 characters or more will do:\n\n' +
        '  INFINIUM_AGENT_ID=local-agent\n  INFINIUM_AGENT_SECRET=local-secret\n\n',
    );
  }
  return await follow(process.execPath, [program, ...args]);
}

/** Finds the program of the package, next to this package or where the user works. */
function findProgram(): string | undefined {
  for (const place of [path.join(process.cwd(), 'package.json'), __filename]) {
    try {
      const manifest = createRequire(place).resolve(`${NAME}/package.json`);
      const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
      return path.join(path.dirname(manifest), bin[NAME]);
    } catch {
      // It is not installed there.
    }
  }
  return undefined;
}

function follow(command: string, args: string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, pass);
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1));
    });
  });
}
