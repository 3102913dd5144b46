import type { HandleSetup } from '../bridge/handle';
import { misconfigured } from '../bridge/invalid';
import { lazy } from '../bridge/lazy';
import { toNativeLevel } from '../bridge/levels';
import { DEFAULT_EXIT_TIMEOUT, DEFAULT_MAX_CONCURRENCY } from '../bridge/limits';
import { LEVELS } from '../bridge/logging';
import { type LogLevel, VERSION } from '../bridge/native';
import { noProxyVariable, OPTION_VARIABLES, proxyVariable, toOptionId } from '../bridge/options';
import type { ClientSettings } from '../bridge/settings';

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
const redaction = lazy(() => require('./redaction') as typeof import('./redaction'));
const traceSettings = lazy(() => require('./trace-settings') as typeof import('./trace-settings'));
const unknownOptions = lazy(
  () => require('../bridge/unknown-options') as typeof import('../bridge/unknown-options'),
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
export function readConfig(config: unknown = {}): Setup {
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
  const quiet = readFlag(given, 'quiet') ?? false;
  if (!quiet) unknownOptions().warnOfUnknown(given, KNOWN_OPTIONS);
  const enabled = readFlag(given, 'enabled') ?? isEnabledHere();
  for (const key of ['agentId', 'agentSecret']) {
    if (options[toOptionId(key)] !== undefined) continue;
    if (enabled) misconfigured(key, `is required: pass it or set ${OPTION_VARIABLES[key]}`);
    options[toOptionId(key)] = 'of-a-disabled-client';
  }
  if (!enabled) options.spool_dir = undefined;
  options.user_agent ??= `infinium-node/${VERSION}`;
  options.ca_certificates = readCertificates(read(given, 'caCertificates') ?? []);
  const redact = read(given, 'redact');
  if (redact !== undefined) options.redact = redaction().readRedaction(redact, !quiet);
  options.extra_ca_file = process.env.NODE_EXTRA_CA_CERTS || undefined;
  options.proxy = process.env[proxyVariable()];
  options.no_proxy = process.env[noProxyVariable()];
  const logLevel = readLogLevel(given);
  const handle = {
    options: JSON.stringify(options),
    logLevel,
    warns: !quiet && logLevel === undefined,
    exitTimeout: readExitTimeout(given),
    spools: options.spool_dir !== undefined,
  };
  const maxConcurrency = (options.max_concurrency ?? DEFAULT_MAX_CONCURRENCY) as number;
  const settings = { enabled, quiet, maxConcurrency, ...traceSettings().readTraceSettings(given) };
  return { handle, settings };
}

/** What a client is made of. */
interface Setup {
  handle: HandleSetup;
  settings: ClientSettings;
}

/** Values of `INFINIUM_ENABLED` that disable all clients without the option `enabled`. */
const OFF = ['0', 'false', 'off', 'no'];

function isEnabledHere(): boolean {
  return !OFF.includes((process.env.INFINIUM_ENABLED ?? '').trim().toLowerCase());
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

/** All options. */
const KNOWN_OPTIONS: readonly string[] = [
  ...Object.keys(TYPES),
  'beforeSend',
  'caCertificates',
  'enabled',
  'enableLogging',
  'environment',
  'exitTimeout',
  'logLevel',
  'prices',
  'quiet',
  'redact',
  'sampleRate',
];

function readFlag(config: Config, key: string): boolean | undefined {
  const value = read(config, key);
  if (value !== undefined) checkType(key, value, 'boolean');
  return value as boolean | undefined;
}

function readLogLevel(config: Config): LogLevel | undefined {
  const enabled = readFlag(config, 'enableLogging') ?? false;
  const level = toNativeLevel(read(config, 'logLevel') ?? 'INFO');
  if (level === undefined) misconfigured('logLevel', `must be one of ${LEVELS.join(', ')}`);
  return enabled ? level : undefined;
}
