'use strict';

const { ConfigurationError } = require('../bridge/errors');
const { LEVELS } = require('../bridge/logging');
const { VERSION } = require('../bridge/native');

/**
 * The options that the native client takes, and their types. What a value means is checked there;
 * here only what JSON could not carry across.
 * @type {Record<string, 'string' | 'number' | 'boolean'>}
 */
const TYPES = {
  agentId: 'string',
  agentSecret: 'string',
  baseUrl: 'string',
  timeout: 'number',
  maxRetries: 'number',
  enableRateLimiting: 'boolean',
  requestsPerSecond: 'number',
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

/** A pair of them is one character with this flag. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** How long the end of the process waits for what is pending, in milliseconds. */
const DEFAULT_EXIT_TIMEOUT = 2_000;

/** @type {Record<string, string>} */
const VARIABLES = {
  agentId: 'INFINIUM_AGENT_ID',
  agentSecret: 'INFINIUM_AGENT_SECRET',
  baseUrl: 'INFINIUM_BASE_URL',
};

/**
 * @param {string} configKey
 * @param {string} problem
 * @param {unknown} [cause]
 * @returns {never}
 */
function wrong(configKey, problem, cause) {
  throw new ConfigurationError(`${configKey} ${problem}`, { configKey, cause });
}

/**
 * @param {Record<string, unknown>} config
 * @param {string} key
 * @returns {any} the value, or undefined for the default
 */
function read(config, key) {
  try {
    return config[key] ?? undefined;
  } catch (error) {
    return wrong(key, 'cannot be read: its getter threw', error);
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 * @param {string} type
 */
function checkType(key, value, type) {
  if (typeof value !== type) {
    const article = type === 'string' ? 'a string' : `a ${type}`;
    wrong(key, `must be ${article} (got ${typeof value})`);
  }
  if (type === 'string' && LONE_SURROGATE.test(/** @type {string} */ (value))) {
    wrong(key, 'must not contain half of a surrogate pair');
  }
  if (type === 'number' && !Number.isFinite(value)) wrong(key, `must be finite (got ${value})`);
}

/**
 * The first of these variables that is set, in capitals or not, with the name that it has. An empty one counts
 * as unset.
 * @param {...string} names
 * @returns {{ variable: string, value: string } | undefined}
 */
function readVariable(...names) {
  for (const variable of names.flatMap((name) => [name, name.toLowerCase()])) {
    const value = process.env[variable];
    if (value) return { variable, value };
  }
  return undefined;
}

/**
 * Reads the options of a client, and the environment for those that are missing.
 *
 * @param {unknown} config
 * @returns {{
 *   options: string,
 *   logLevel: number | undefined,
 *   exitTimeout: number,
 *   spools: boolean,
 * }} the options of the native client in JSON, and the index of its log level, or undefined for no log; what
 *   is left is for this side: `exitTimeout` in milliseconds, and whether there may be tasks to take over
 */
function readConfig(config = {}) {
  if (config === null) return readConfig();
  if (typeof config !== 'object') wrong('config', `must be an object (got ${typeof config})`);
  const given = /** @type {Record<string, unknown>} */ (config);
  /** @type {Record<string, unknown>} */
  const options = {};
  for (const [key, type] of Object.entries(TYPES)) {
    let value = read(given, key);
    if (value === undefined && VARIABLES[key]) value = process.env[VARIABLES[key]] || undefined;
    if (value === undefined) continue;
    checkType(key, value, type);
    options[key] = value;
  }
  for (const key of ['agentId', 'agentSecret']) {
    if (options[key] === undefined) {
      wrong(key, `is required: pass it or set ${VARIABLES[key]}`);
    }
  }
  options.userAgent ??= `infinium-node/${VERSION}`;
  options.caCertificates = readCertificates(read(given, 'caCertificates') ?? []);
  const proxy = readVariable('HTTPS_PROXY', 'ALL_PROXY');
  options.proxy = proxy && { url: proxy.value, variable: proxy.variable };
  options.noProxy = readVariable('NO_PROXY')?.value;
  const exitTimeout = readExitTimeout(given);
  return {
    options: JSON.stringify({ ...options, exitTimeout }),
    logLevel: readLogLevel(given),
    exitTimeout,
    spools: options.spoolDir !== undefined,
  };
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function readCertificates(value) {
  const key = 'caCertificates';
  let texts;
  try {
    texts = Array.isArray(value) ? Array.from(value) : [value];
  } catch (error) {
    return wrong(key, 'cannot be read: its array threw', error);
  }
  if (!texts.every((text) => typeof text === 'string' && !LONE_SURROGATE.test(text))) {
    wrong(key, 'must be a PEM string or an array of them');
  }
  return texts;
}

/**
 * @param {Record<string, unknown>} config
 * @returns {number}
 */
function readExitTimeout(config) {
  const timeout = read(config, 'exitTimeout') ?? DEFAULT_EXIT_TIMEOUT;
  checkType('exitTimeout', timeout, 'number');
  if (timeout < 0) wrong('exitTimeout', `must be 0 milliseconds or more (got ${timeout})`);
  return timeout;
}

/** @param {Record<string, unknown>} config */
function readLogLevel(config) {
  const enabled = read(config, 'enableLogging') ?? false;
  checkType('enableLogging', enabled, 'boolean');
  const level = LEVELS.indexOf(read(config, 'logLevel') ?? 'INFO');
  if (level < 0) wrong('logLevel', `must be one of ${LEVELS.join(', ')}`);
  return enabled ? level : undefined;
}

module.exports = { VERSION, readConfig };
