import { ConfigurationError, InfiniumClient } from 'infinium-o2';
import { DEFAULT_BASE_URL, proxyOf } from '../environment';
import { isEnabled } from '../make-client';
import { withoutWarnings } from '../silence';
import { type Check, failed, ok, warning } from './check';

/** The checked configuration. */
export interface Configured {
  checks: Check[];
  /** Undefined if the configuration is wrong. */
  client: InfiniumClient | undefined;
  /** The address of the platform; undefined if it is wrong. */
  url: URL | undefined;
}

/**
 * Checks what clients read from the environment, without sending anything.
 *
 * @param timeout of the client, in milliseconds
 */
export function checkConfiguration(timeout: number): Configured {
  const { INFINIUM_AGENT_ID: agentId, INFINIUM_AGENT_SECRET: secret } = process.env;
  const { result: found } = withoutWarnings(() => tryClient(timeout));
  const wrong = found instanceof ConfigurationError ? found : undefined;
  const problemOf = (key: string) => (wrong?.configKey === key ? wrong.message : undefined);
  const checks = [
    describe('agentId', problemOf('agentId'), {
      variable: 'INFINIUM_AGENT_ID',
      // Its end is enough to recognize it.
      shown: agentId && ` (…${agentId.slice(-4)})`,
      what: 'the id of the agent',
    }),
    describe('agentSecret', problemOf('agentSecret'), {
      variable: 'INFINIUM_AGENT_SECRET',
      shown: secret && '',
      what: 'the secret of the agent',
    }),
    checkBaseUrl(problemOf('baseUrl')),
  ];
  if (!isEnabled()) {
    const text = `INFINIUM_ENABLED is ${process.env.INFINIUM_ENABLED}: clients send nothing`;
    checks.push(warning('enabled', text, 'Unset it where traces are wanted.'));
  }
  const isNamed = ['agentId', 'agentSecret', 'baseUrl', proxyOf()?.variable];
  if (wrong && !isNamed.includes(wrong.configKey)) {
    checks.push(failed('options', wrong.message, 'Change the option that the message names.'));
  }
  return {
    checks,
    client: wrong ? undefined : (found as InfiniumClient),
    url: problemOf('baseUrl') ? undefined : readUrl(),
  };
}

/** Returns a client as the program of the user would make it; or why there is none. */
function tryClient(timeout: number): InfiniumClient | ConfigurationError {
  try {
    return new InfiniumClient({
      enabled: true,
      quiet: true,
      timeout,
      maxRetries: 0,
      exitTimeout: 0,
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

interface Described {
  variable: string;
  /** What is shown of the value; undefined or empty text if it is not set. */
  shown: string | undefined;
  what: string;
}

function describe(id: string, problem: string | undefined, described: Described): Check {
  const { variable, shown, what } = described;
  if (!process.env[variable]) {
    return failed(id, `${variable} is not set`, `Set it to ${what}, or pass it to the client.`);
  }
  if (problem) return failed(id, problem, `Set ${variable} to ${what}, without spaces or quotes.`);
  return ok(id, `${variable} is set${shown}`);
}

function checkBaseUrl(problem: string | undefined): Check {
  const id = 'baseUrl';
  const { INFINIUM_BASE_URL: given } = process.env;
  if (problem) {
    const example = `Set INFINIUM_BASE_URL to an address such as ${DEFAULT_BASE_URL}, or unset it.`;
    return failed(id, problem, example);
  }
  const url = readUrl();
  if (!url) return failed(id, 'INFINIUM_BASE_URL is no URL', 'Correct it, or unset it.');
  const text = `${url.href} (${given ? 'INFINIUM_BASE_URL' : 'the default'})`;
  if (url.protocol === 'http:' && !isThisMachine(url)) {
    return warning(id, `${text} sends the secret without encryption`, 'Use https.');
  }
  return ok(id, text);
}

/** Returns the address without what a URL may hide; undefined if it is not http or https. */
function readUrl(): URL | undefined {
  try {
    const url = new URL(process.env.INFINIUM_BASE_URL || DEFAULT_BASE_URL);
    const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
    return isHttp && url.username === '' && url.password === '' ? url : undefined;
  } catch {
    return undefined;
  }
}

function isThisMachine({ hostname }: URL): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
