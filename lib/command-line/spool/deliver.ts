import { setupLogging } from 'infinium-o2';
import { onInterrupt } from '../interrupt';
import { makeClient } from '../make-client';
import { Problem, plural, print, printError } from '../output';
import { countAgent, tasksOf } from './census';

/** The time between two lines about the progress, in milliseconds. */
const INTERVAL = 200;

interface DeliverSetup {
  directory: string;
  /** The directory of the agent of this environment. */
  own: string;
  requestsPerSecond: number | undefined;
}

/** Delivers what ended processes of this agent have left, and returns the exit code. */
export async function deliver({
  directory,
  own,
  requestsPerSecond,
}: DeliverSetup): Promise<number> {
  const before = tasksOf(countAgent(directory, own));
  if (before === 0) return print('Nothing of this agent waits to be sent.\n');
  const problems = listenToLog();
  const client = makeClient({
    spoolDir: directory,
    requestsPerSecond,
    exitTimeout: 0,
    enableLogging: true,
    logLevel: 'WARN',
  });
  if (client.runtime !== 'native') {
    throw new Problem(
      'A spool needs the addon, which cannot be loaded here: see infinium-o2 doctor. The tasks stay where they are.',
    );
  }
  const interrupt = onInterrupt(0);
  interrupt.asked.addEventListener('abort', () => void client.close({ timeout: 0 }));
  const timer = setInterval(() => {
    if (!process.stderr.isTTY) return;
    const { delivered } = client.stats();
    printError(`\r\x1b[K${delivered} of ${plural(before, 'task')} sent`);
  }, INTERVAL);
  try {
    await client.flush();
  } catch {
    // The user has closed it.
  }
  clearInterval(timer);
  if (process.stderr.isTTY) printError('\r\x1b[K');
  await client.close({ timeout: 0 }).catch(() => {});
  interrupt.done();

  const { delivered, failed, spool } = client.stats();
  const left = tasksOf(countAgent(directory, own));
  // Credentials that are refused are a failure, too, but such tasks stay.
  const refused = Math.min(failed, Math.max(0, before - delivered - left - spool.corrupted));
  print(`Sent ${plural(delivered, 'task')}; ${refused} refused, ${left} left.\n`);
  if (spool.corrupted > 0) {
    print(`${plural(spool.corrupted, 'file')} were damaged, and are in the directory corrupt.\n`);
  }
  for (const line of problems) printError(`${line}\n`);
  if (left > 0 && interrupt.exitCode === undefined) {
    printError(
      'What is left belongs to processes that run now, or the platform did not take it. Nothing of it is lost.\n',
    );
  }
  return interrupt.exitCode ?? (left + refused + spool.corrupted > 0 ? 1 : 0);
}

/** Returns the first lines that clients log from now on, each once. */
function listenToLog(): Set<string> {
  const lines = new Set<string>();
  const keep = (line: string) => {
    if (lines.size < 10) lines.add(line);
  };
  setupLogging(true, 'WARN', { debug: keep, info: keep, warn: keep, error: keep });
  return lines;
}
