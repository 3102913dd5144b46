import type { HandleSetup } from '../bridge/handle';
import { misconfigured } from '../bridge/invalid';
import { lazy } from '../bridge/lazy';
import { toNativeLevel } from '../bridge/levels';
import { DEFAULT_EXIT_TIMEOUT } from '../bridge/limits';
import { LEVELS } from '../bridge/logging';
import { type LogLevel, VERSION } from '../bridge/native';
import { noProxyVariable, OPTION_VARIABLES, proxyVariable, toOptionId } from '../bridge/options';
import { warn } from '../bridge/warnings';

export { VERSION };

type Type = 'string' | 'number' | 'boolean';

/**
 * The options of the native client, and their types. The native client checks the values; this file checks only
 * what JSON cannot represent.
 */
const TYPES: Record<string, Type> = {
  agentId: 'string',
  agentSecret: 'string',
  baseUrl: 'string',
  timeout: 'number',
  maxRetries: 'number',
  enableRateLimiting: 'boolean',
  requestsPerSecond: 'number',
  adaptiveRateLimit: 'boolean',
  userAgent: 'string',
  maxConcurrency: 'number',
  retryDelay: 'number',
  maxRetryDelay: 'number',
  maxRetryAfter: 'number',
  retryOnRateLimit: 'boolean',
  maxQueueBytes: 'number',
  queuePolicy: 'string',
  spoolDir: 'string',
  maxSpoolBytes: 'number',
  spoolSync: 'boolean',
};

/** With this flag, a complete surrogate pair is one character and does not match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const certificates = lazy(() => require('./certificates') as typeof import('./certificates'));
const unknownOptions = lazy(
  () => require('./unknown-options') as typeof import('./unknown-options'),
);

type Config = Record<string, unknown>;

/** Returns the value of an option; undefined means the default. */
function read(config: Config, key: string): unknown {
  try {
    return config[key] ?? undefined;
  } catch (error) {
    return misconfigured(key, 'cannot be read: its getter threw', error);
  }
}

function checkType(key: string, value: unknown, type: Type): void {
  if (typeof value !== type) misconfigured(key, `must be a ${type} (got ${typeof value})`);
  if (type === 'string' && LONE_SURROGATE.test(value as string)) {
    misconfigured(key, 'must not contain half of a surrogate pair');
  }
  if (type === 'number' && !Number.isFinite(value)) {
    misconfigured(key, `must be finite (got ${value})`);
  }
}

/** Reads the options of a client. Missing options are read from environment variables. */
export function readConfig(config: unknown = {}): HandleSetup {
  if (config === null) return readConfig();
  if (typeof config !== 'object')
    misconfigured('config', `must be an object (got ${typeof config})`);
  const given = config as Config;
  const options: Record<string, unknown> = {};
  for (const [key, type] of Object.entries(TYPES)) {
    const variable = OPTION_VARIABLES[key];
    const value = read(given, key) ?? ((variable && process.env[variable]) || undefined);
    if (value === undefined) continue;
    checkType(key, value, type);
    options[toOptionId(key)] = value;
  }
  const quiet = readQuiet(given);
  if (!quiet) warnOfUnknown(given);
  for (const key of ['agentId', 'agentSecret']) {
    if (options[toOptionId(key)] === undefined) {
      misconfigured(key, `is required: pass it or set ${OPTION_VARIABLES[key]}`);
    }
  }
  options.user_agent ??= `infinium-node/${VERSION}`;
  options.ca_certificates = readCertificates(read(given, 'caCertificates') ?? []);
  options.extra_ca_file = process.env.NODE_EXTRA_CA_CERTS || undefined;
  options.proxy = process.env[proxyVariable()];
  options.no_proxy = process.env[noProxyVariable()];
  return {
    options: JSON.stringify(options),
    logLevel: readLogLevel(given),
    warns: !quiet && readLogLevel(given) === undefined,
    exitTimeout: readExitTimeout(given),
    spools: options.spool_dir !== undefined,
  };
}

function readCertificates(value: unknown): string[] {
  const key = 'caCertificates';
  let texts: unknown[];
  try {
    texts = Array.isArray(value) ? Array.from(value) : [value];
  } catch (error) {
    return misconfigured(key, 'cannot be read: its array threw', error);
  }
  if (texts.length === 0) return [];
  const pems = texts.map(certificates().toPem);
  if (!pems.every((pem) => pem !== undefined && !LONE_SURROGATE.test(pem))) {
    misconfigured(key, 'must be PEM text, bytes of PEM or DER, or an array of them');
  }
  return pems as string[];
}

/**
 * Reads the one option that the native client does not have, because only JavaScript handles the end of the process.
 */
function readExitTimeout(config: Config): number {
  const timeout = read(config, 'exitTimeout') ?? DEFAULT_EXIT_TIMEOUT;
  checkType('exitTimeout', timeout, 'number');
  if ((timeout as number) < 0)
    misconfigured('exitTimeout', `must be 0 ms or more (got ${timeout})`);
  return timeout as number;
}

/** The options that only JavaScript has. */
const OWN_OPTIONS = ['caCertificates', 'enableLogging', 'exitTimeout', 'logLevel', 'quiet'];

/** A misspelled option is no error: it may be one of a newer version. */
function warnOfUnknown(config: Config): void {
  const known = [...Object.keys(TYPES), ...OWN_OPTIONS];
  let names: string[];
  try {
    names = Object.keys(config).filter((name) => !known.includes(name));
  } catch {
    return;
  }
  if (names.length > 0) warn('INFINIUM_OPTION', unknownOptions().describeUnknown(names, known));
}

function readQuiet(config: Config): boolean {
  const quiet = read(config, 'quiet') ?? false;
  checkType('quiet', quiet, 'boolean');
  return quiet as boolean;
}

function readLogLevel(config: Config): LogLevel | undefined {
  const enabled = read(config, 'enableLogging') ?? false;
  checkType('enableLogging', enabled, 'boolean');
  const level = toNativeLevel(read(config, 'logLevel') ?? 'INFO');
  if (level === undefined) misconfigured('logLevel', `must be one of ${LEVELS.join(', ')}`);
  return enabled ? level : undefined;
}
