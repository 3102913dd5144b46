import { statSync } from 'node:fs';
import type { InfiniumClient } from 'infinium-o2';
import { type Command, onlyArgument, parse, readNumber, readWhole, UsageError } from '../command';
import { onInterrupt } from '../interrupt';
import { makeClient } from '../make-client';
import { formatDuration, plural, print, printError } from '../output';
import { FailedFile, type Failures, ShownFailures } from './failures';
import { type Input, openInput } from './input';
import { Ledger } from './ledger';
import { splitLines } from './lines';
import { Progress } from './progress';
import { Sender } from './sender';
import { identify, readState, StateFile } from './state';

/** How long tasks under way may take after Ctrl-C, in milliseconds. */
const PATIENCE = 5_000;

export const send: Command = {
  summary: 'send the tasks of a file, one per line',
  usage: `Usage: infinium-o2 send FILE.jsonl [options]
       infinium-o2 send - [options]     read standard input

Sends tasks, one JSON object per line, as client.sendAll does.

  --state FILE        remember what is sent: the same command continues where it stopped
  --failed FILE       write the tasks that were not delivered, one per line; send them again with
                      infinium-o2 send FILE
  --rate N            requests per second (default 10)
  --concurrency N     tasks under way at a time (default 32)
  --retries N         attempts after the first, for each task (default 3)
  --quiet             no progress bar
  -h, --help          print this help

The exit code is 0 if all tasks were delivered, 1 if not, 2 for wrong arguments, and 130 after Ctrl-C.
`,
  run,
};

const OPTIONS = {
  state: { type: 'string' },
  failed: { type: 'string' },
  rate: { type: 'string' },
  concurrency: { type: 'string' },
  retries: { type: 'string' },
  quiet: { type: 'boolean' },
} as const;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  const name = onlyArgument(positionals, 'FILE');
  const config = {
    requestsPerSecond: readNumber('rate', values.rate),
    maxConcurrency: readWhole('concurrency', values.concurrency, 1),
    maxRetries: readWhole('retries', values.retries, 0),
    exitTimeout: 0,
  };
  const input = openInput(name);
  const { state, failed } = values;
  if (state !== undefined && !input.stats?.isFile()) {
    throw new UsageError(
      '--state needs a file: only a file can be read again from where it stopped',
    );
  }
  refuseSame(name, failed, state);
  const client = makeClient(config);
  const memory = state === undefined ? undefined : openState(state, name, input);
  const { ledger } = memory ?? { ledger: new Ledger() };
  if (memory?.isDone) {
    return print(
      `Earlier runs have handled all of ${name}: ${describeCounts(ledger)}. Remove ${state} to send it again.\n`,
    );
  }
  const terminal = values.quiet ? { write: () => {} } : process.stderr;
  const size = input.stats?.isFile() ? input.stats.size : undefined;
  const progress = new Progress(terminal, { ledger, size, start: ledger.start.offset });
  const failures = openFailures(failed, progress, memory?.continues ?? false);
  return await sendAndReport({ client, input, ledger, progress, failures, memory, failed });
}

/** What is remembered of the lines of a file. */
interface Memory {
  ledger: Ledger;
  state: StateFile;
  /** Whether there was an earlier run, and whether it has settled everything. */
  continues: boolean;
  isDone: boolean;
}

function openState(path: string, name: string, { stats }: Input): Memory {
  const size = stats?.size ?? 0;
  const identity = identify(name, size);
  const before = readState(path, identity, name);
  const ledger = new Ledger(before);
  return {
    ledger,
    state: new StateFile(path, identity, ledger),
    continues: before !== undefined,
    isDone: before !== undefined && ledger.start.offset >= size,
  };
}

function openFailures(path: string | undefined, progress: Progress, continues: boolean): Failures {
  if (path !== undefined) return new FailedFile(path, continues);
  return new ShownFailures((text) => {
    progress.clear();
    printError(text);
  });
}

interface Job {
  client: InfiniumClient;
  input: Input;
  ledger: Ledger;
  progress: Progress;
  failures: Failures;
  memory: Memory | undefined;
  /** Where failures go, if to a file. */
  failed: string | undefined;
}

/** Sends everything, says what has become of it, and returns the exit code. */
async function sendAndReport(job: Job): Promise<number> {
  const { client, input, ledger, progress, failures, memory, failed } = job;
  const interrupt = onInterrupt(PATIENCE);
  const reading = new AbortController();
  interrupt.asked.addEventListener('abort', () => {
    reading.abort();
    progress.clear();
    printError('Finishing what is under way; Ctrl-C again stops at once.\n');
  });
  const before = { ...ledger };
  const began = performance.now();
  let stoppedBy: unknown;
  try {
    const lines = splitLines(input.open(ledger.start.offset, reading.signal), ledger.start);
    const { state } = memory ?? { state: undefined };
    const sender = new Sender({ client, lines, ledger, failures, progress, state, interrupt });
    stoppedBy = await sender.run();
  } finally {
    interrupt.done();
    progress.clear();
    reading.abort();
    await client.close({ timeout: 0 });
  }
  const now = { sent: ledger.sent - before.sent, failed: ledger.failed - before.failed };
  const where = now.failed > 0 && failed !== undefined ? `: see ${failed}` : '';
  const time = formatDuration(performance.now() - began);
  const counts = `${plural(now.sent, 'task')} in ${time}; ${plural(now.failed, 'task')} failed`;
  print(`Sent ${counts}${where}.\n`);
  if (memory?.continues) print(`With earlier runs: ${describeCounts(ledger)}.\n`);
  const { exitCode } = interrupt;
  if (exitCode !== undefined) printError(explainStop(undefined, memory));
  else if (stoppedBy !== undefined) printError(explainStop(stoppedBy as Error, memory));
  return exitCode ?? (now.failed > 0 || stoppedBy !== undefined ? 1 : 0);
}

function describeCounts({ sent, failed }: Ledger): string {
  return `${plural(sent, 'task')} sent, ${failed} failed`;
}

function explainStop(cause: Error | undefined, memory: Memory | undefined): string {
  const next = memory
    ? 'The same command continues here.'
    : 'What follows was not sent. With --state FILE, the same command continues where it stopped.';
  if (!cause) return `Stopped.\n${next}\n`;
  const advice = 'infinium-o2 doctor finds out what is wrong with the connection.';
  return `Stopped early: ${cause.message}\n${next} ${advice}\n`;
}

/** A file that is read must not be written. */
function refuseSame(...names: (string | undefined)[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === undefined) continue;
    const id = identityOf(name);
    if (seen.has(id)) throw new UsageError(`${name} is named twice: use different files`);
    seen.add(id);
  }
}

function identityOf(name: string): string {
  try {
    const { dev, ino, size } = statSync(name, { bigint: true });
    // File systems without such numbers have 0.
    return ino === 0n ? name : `${dev}:${ino}:${size}`;
  } catch {
    return name;
  }
}
