'use strict';

const { types } = require('node:util');
const { ConfigurationError } = require('./errors');

/** @typedef {'DEBUG' | 'INFO' | 'WARN' | 'ERROR'} Level */
/** @typedef {(level: Level, line: string) => void} Write */

/** From the least to the most important. */
const LEVELS = /** @type {const} */ (['DEBUG', 'INFO', 'WARN', 'ERROR']);

/** Whether a client logs: a property of the client. */
const kLogs = Symbol('logs');

/** @type {Record<Level, 'debug' | 'info' | 'warn' | 'error'>} */
const METHODS = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

// A line is a line, whatever a server or a user put into it; no colours or cursors for terminals.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const UNPRINTABLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g;

/** @type {Record<string, string>} */
const ESCAPES = { '\n': '\\n', '\r': '\\r' };

/** @type {Write} */
function toStderr(level, line) {
  process.stderr.write(`[infinium] ${level} ${line}\n`);
}

/**
 * Before `setupLogging` only what a developer has to know is told.
 * @type {{ enabled: boolean, level: Level, write: Write }}
 */
let state = { enabled: true, level: 'WARN', write: toStderr };

/**
 * @param {string} configKey an argument of `setupLogging`
 * @param {string} problem
 * @returns {never}
 */
function wrong(configKey, problem) {
  const error = new ConfigurationError(`${configKey} ${problem}`, { configKey });
  Error.captureStackTrace?.(error, setupLogging);
  throw error;
}

/**
 * @param {boolean | null | undefined} enabled
 * @param {Level | null | undefined} level
 * @param {unknown} sink
 * @returns {typeof state}
 */
function readTarget(enabled, level, sink) {
  const on = enabled ?? true;
  const from = level ?? 'INFO';
  if (typeof on !== 'boolean') wrong('enabled', `must be a boolean (got ${typeof on})`);
  if (!LEVELS.includes(from)) wrong('level', `must be one of ${LEVELS.join(', ')}`);
  return { enabled: on, level: from, write: toWriter(sink) };
}

/**
 * @param {any} sink
 * @returns {Write}
 */
function toWriter(sink) {
  if (sink === undefined || sink === null) return toStderr;
  const methods = Object.values(METHODS);
  if (!methods.every((method) => typeof sink[method] === 'function')) {
    wrong('sink', `must have the methods ${methods.join(', ')}, like console or a pino logger`);
  }
  return (level, line) => {
    const written = sink[METHODS[level]](line);
    if (types.isPromise(written)) written.then(undefined, () => {});
  };
}

/**
 * Sets where the lines of this package go, and makes a logger that writes there.
 *
 * @param {boolean | null} [enabled] false silences this package, and the logger. Default true.
 * @param {Level | null} [level] from which on the logger writes. Default `'INFO'`.
 * @param {import('../../index').Logger | null} [sink] called with `this`; what it throws is ignored.
 *   Default stderr, one line each.
 * @returns {import('../../index').Logger} it keeps to what this call set, also after the next one
 * @throws {ConfigurationError} `configKey` says which argument is wrong
 */
function setupLogging(enabled, level, sink) {
  const own = readTarget(enabled, level, sink);
  state = own;
  return {
    debug: (message) => emitTo(own, 'DEBUG', message),
    info: (message) => emitTo(own, 'INFO', message),
    warn: (message) => emitTo(own, 'WARN', message),
    error: (message) => emitTo(own, 'ERROR', message),
  };
}

/**
 * @param {typeof state} target
 * @param {Level} level
 * @param {unknown} message
 */
function emitTo(target, level, message) {
  if (LEVELS.indexOf(level) >= LEVELS.indexOf(target.level)) writeTo(target, level, message);
}

/**
 * @param {typeof state} target
 * @param {Level} level
 * @param {unknown} message
 */
function writeTo({ enabled, write }, level, message) {
  if (!enabled) return;
  try {
    write(level, String(message).replace(UNPRINTABLE, toEscape));
  } catch {
    // Somebody else's logger must not break what is logged.
  }
}

/** @param {string} character */
function toEscape(character) {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  return ESCAPES[character] ?? `\\u${code}`;
}

/**
 * Logs something that concerns no client in particular.
 *
 * @param {Level} level
 * @param {unknown} message
 */
function emit(level, message) {
  emitTo(state, level, message);
}

/**
 * Logs something of a client that logs, and whose own level lets it through.
 *
 * @param {Level} level
 * @param {unknown} message
 */
function emitForClient(level, message) {
  writeTo(state, level, message);
}

module.exports = { LEVELS, emit, emitForClient, kLogs, setupLogging };
