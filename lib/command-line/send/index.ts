import { statSync } from 'node:fs';
import { type Command, onlyArgument, parse, readNumber, readWhole, UsageError } from '../command';
import { onInterrupt } from '../interrupt';
import { makeClient } from '../make-client';
import { formatDuration, plural, print, printError } from '../output';
import { FailedFile, type Failures, ShownFailures } from './failures';
import { openInput } from './input';
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
  quiet: { type: 'boolean' },
} as const;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  const name = onlyArgument(positionals, 'FILE');
  const requestsPerSecond = readNumber('rate', values.rate);
  const maxConcurrency = readWhole('concurrency', values.concurrency);
  const input = openInput(name);
  if (values.state !== undefined && !input.stats?.isFile()) {
    throw new UsageError(
      '--state needs a file: only a file can be read again from where it stopped',
    );
  }
  refuseSame(name, values.failed, values.state);
  const client = makeClient({ requestsPerSecond, maxConcurrency, exitTimeout: 0 });

  const size = input.stats?.isFile() ? input.stats.size : undefined;
  const identity = values.state === undefined ? undefined : identify(name, size ?? 0);
  const before = identity && readState(values.state as string, identity, name);
  const ledger = new Ledger(before);
  const { start } = ledger;
  if (before && start.offset >= (size as number)) {
    return print(
      `Earlier runs have handled all of ${name}: ${plural(ledger.sent, 'task')} sent, ${ledger.failed} failed. ` +
        `Remove ${values.state} to send it again.\n`,
    );
  }
  const progress = new Progress(values.quiet ? { write: () => {} } : process.stderr, {
    ledger,
    size,
    start: start.offset,
  });
  const failures: Failures =
    values.failed === undefined
      ? new ShownFailures((text) => {
          progress.clear();
          printError(text);
        })
      : new FailedFile(values.failed, before !== undefined);
  const interrupt = onInterrupt(PATIENCE);
  const reading = new AbortController();
  interrupt.asked.addEventListener('abort', () => {
    reading.abort();
    progress.clear();
    printError('Finishing what is under way; Ctrl-C again stops at once.\n');
  });
  const began = performance.now();
  const [sentBefore, failedBefore] = [ledger.sent, ledger.failed];
  let stoppedBy: unknown;
  try {
    stoppedBy = await new Sender({
      client,
      lines: splitLines(input.open(start.offset, reading.signal), start),
      ledger,
      failures,
      progress,
      state: identity && new StateFile(values.state as string, identity, ledger),
      interrupt,
    }).run();
  } finally {
    interrupt.stop();
    progress.clear();
    reading.abort();
    await client.close({ timeout: 0 });
  }

  const failed = ledger.failed - failedBefore;
  const time = formatDuration(performance.now() - began);
  const where = failed > 0 && values.failed !== undefined ? `: see ${values.failed}` : '';
  print(
    `Sent ${plural(ledger.sent - sentBefore, 'task')} in ${time}; ${plural(failed, 'task')} failed${where}.\n`,
  );
  if (before)
    print(`With earlier runs: ${plural(ledger.sent, 'task')} sent, ${ledger.failed} failed.\n`);
  if (stoppedBy !== undefined || interrupt.exitCode !== undefined) {
    printError(explainStop(interrupt.exitCode === undefined ? stoppedBy : undefined, values.state));
  }
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  return failed > 0 || stoppedBy !== undefined ? 1 : 0;
}

function explainStop(cause: unknown, state: string | undefined): string {
  const why = cause === undefined ? 'Stopped.' : `Stopped early: ${(cause as Error).message}`;
  const next =
    state === undefined
      ? 'What follows was not sent. With --state FILE, the same command continues where it stopped.'
      : 'The same command continues here.';
  const advice =
    cause === undefined ? '' : ' infinium-o2 doctor finds out what is wrong with the connection.';
  return `${why}\n${next}${advice}\n`;
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
