import { VERSION } from 'infinium-o2';
import { type Command, parse, readNumber, UsageError } from '../command';
import { plural, print, printJson } from '../output';
import { type Check, failed, skipped } from './check';
import { checkConfiguration } from './configuration';
import { checkNames } from './names';
import { askPlatform, checkClock, checkConnection, checkCredentials } from './platform';
import { type Probe, probe } from './probe';
import { checkProxy } from './proxy';
import { checkRuntime } from './runtime';

export const doctor: Command = {
  summary: 'check the configuration and the connection, and say what to fix',
  usage: `Usage: infinium-o2 doctor [options]

Checks the addon, the configuration, the proxy, DNS, TLS, the clock and the credentials, and says what to fix. Nothing is
stored on the platform, and no secret is printed.

  --json        print one object with the checks
  --timeout N   how long one check may take, in seconds (default 10)
  -h, --help    print this help

The exit code is 0 if traces can be sent, 1 if not, and 2 for wrong arguments.
`,
  run,
};

const MARKS = { ok: '✓', warning: '!', failed: '✕', skipped: '–' } as const;
const COLORS = { ok: 32, warning: 33, failed: 31, skipped: 90 } as const;
/** What checks are called, if not by their ids. */
const LABELS: Record<string, string> = {
  agentId: 'agent id',
  agentSecret: 'agent secret',
  baseUrl: 'base URL',
  dns: 'DNS',
  tls: 'TLS',
};
/** How long one check may take, in seconds. */
const DEFAULT_TIMEOUT = 10;
/** The width of the names of checks. */
const WIDTH = 13;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args, {
    json: { type: 'boolean' },
    timeout: { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError('doctor takes no arguments');
  const timeout = (readNumber('timeout', values.timeout) ?? DEFAULT_TIMEOUT) * 1_000;
  const checks: Check[] = [];
  const isColored = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;
  if (!values.json) print(`infinium-o2 ${VERSION}\n\n`);
  for await (const check of findProblems(timeout)) {
    checks.push(check);
    if (!values.json) print(describe(check, isColored));
  }
  const problems = checks.filter(({ status }) => status === 'failed').length;
  if (values.json) printJson({ ok: problems === 0, version: VERSION, checks });
  else {
    const text = `${plural(problems, 'problem')}: fix the first, and run this again.`;
    print(`\n${problems === 0 ? 'Traces can be sent.' : text}\n`);
  }
  return problems === 0 ? 0 : 1;
}

function describe({ id, status, message, fix }: Check, isColored: boolean): string {
  const mark = isColored ? `\x1b[${COLORS[status]}m${MARKS[status]}\x1b[0m` : MARKS[status];
  const advice = fix === undefined ? '' : `\n${' '.repeat(WIDTH + 3)}${fix}`;
  return `${mark} ${(LABELS[id] ?? id).padEnd(WIDTH)} ${message.replace(/\s+/g, ' ')}${advice}\n`;
}

/** Checks one thing after another, because the later ones depend on the earlier ones. */
async function* findProblems(timeout: number): AsyncGenerator<Check> {
  const addon = checkRuntime();
  yield addon;
  const network = ['proxy', 'dns', 'tls', 'clock', 'credentials'];
  // Without the addon and what stands in for it, no client can be made.
  if (addon.status === 'failed') return yield* skipAll(network, 'there is no addon');
  const { checks, client, url } = checkConfiguration(timeout);
  yield* checks;
  if (!url) return yield* skipAll(network, 'the base URL is wrong');

  const { check, proxy } = checkProxy(url, client?.runtime ?? 'native');
  yield check;
  const target = { url, proxy, timeout };
  if (check.status === 'failed') return yield* skipAll(network.slice(1), 'the proxy is wrong');
  const names = await checkNames(target);
  yield names;
  if (names.status === 'failed') return yield* skipAll(network.slice(2), 'the host is not found');

  const probing: Promise<Probe | Error> = probe(target).catch((error: Error) => error);
  const answer = client && (await askPlatform(client));
  const probed = await probing;
  if (client && answer) {
    yield checkConnection(url, probed, answer);
    yield checkClock(probed);
    yield checkCredentials(answer);
    await client.close({ timeout: 0 });
    return;
  }
  if (probed instanceof Error) {
    yield failed('connection', probed.message, 'Check that the platform runs there.');
  }
  yield checkClock(probed);
  yield skipped('credentials', 'the configuration is incomplete');
}

function* skipAll(ids: string[], reason: string): Generator<Check> {
  for (const id of ids) yield skipped(id, reason);
}
