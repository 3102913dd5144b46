import { statSync } from 'node:fs';
import { type Command, onlyArgument, parse, readNumber, UsageError } from '../command';
import { DEFAULT_BASE_URL } from '../environment';
import { Problem, reasonOf } from '../output';
import { countSpool } from './census';
import { deliver } from './deliver';
import { directoryOf } from './format';
import { list } from './list';
import { requeueCorrupt } from './requeue';

export const spool: Command = {
  summary: 'show and send what waits in a spool (spoolDir)',
  usage: `Usage: infinium-o2 spool DIR [options]

  --list              count the tasks, also while processes use the spool (default)
  --json              print the counts as JSON
  --send              deliver what ended processes of the agent have left
  --rate N            requests per second, for --send (default 10)
  --requeue-corrupt   put files that were set aside back, if they are complete tasks now
  -h, --help          print this help

The exit code is 0 if nothing is left to do, 1 if something is, and 2 for wrong arguments.
`,
  run,
};

const OPTIONS = {
  list: { type: 'boolean' },
  json: { type: 'boolean' },
  send: { type: 'boolean' },
  rate: { type: 'string' },
  'requeue-corrupt': { type: 'boolean' },
} as const;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  const directory = onlyArgument(positionals, 'DIR');
  const { list: lists, send: sends, 'requeue-corrupt': requeues } = values;
  if ([lists, sends, requeues].filter(Boolean).length > 1) {
    throw new UsageError('only one of --list, --send and --requeue-corrupt is possible');
  }
  const requestsPerSecond = readNumber('rate', values.rate);
  // Links count as what they lead to, as they do for clients.
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) throw new Problem(`There is no directory ${directory}.`);
  try {
    const own = ownDirectory();
    if (requeues) return requeueCorrupt(directory) ? 0 : 1;
    if (sends) {
      if (own === undefined) throw new Problem('Set INFINIUM_AGENT_ID to the agent of the tasks.');
      return await deliver({ directory, own, requestsPerSecond });
    }
    list({ directory, agents: countSpool(directory), own, json: values.json ?? false });
    return 0;
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error;
    throw new Problem(`${directory} cannot be used: ${reasonOf(error)}`);
  }
}

/** The directory of the agent of this environment. */
function ownDirectory(): string | undefined {
  const { INFINIUM_AGENT_ID: agentId, INFINIUM_BASE_URL: baseUrl } = process.env;
  if (!agentId) return undefined;
  try {
    return directoryOf(baseUrl || DEFAULT_BASE_URL, agentId);
  } catch {
    // The base URL is wrong, which a client says better.
    return undefined;
  }
}
