'use strict';

const { ConfigurationError } = require('./errors');

/** @typedef {'DEBUG' | 'INFO' | 'WARN' | 'ERROR'} Level */

/** From the least to the most important. */
const LEVELS = /** @type {const} */ (['DEBUG', 'INFO', 'WARN', 'ERROR']);

/** Whether a client logs: a property of the client. */
const kLogs = Symbol('logs');

/** @type {Record<Level, 'debug' | 'info' | 'warn' | 'error'>} */
const METHODS = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/**
 * Where lines go when nobody said otherwise.
 * @param {Level} level
 * @param {string} line
 */
function toStderr(level, line) {
  process.stderr.write(`[infinium] ${level} ${line}\n`);
}

/**
 * Before `setupLogging` only what a developer has to know is told.
 * @type {{ enabled: boolean, level: Level, write: (level: Level, line: string) => void }}
 */
let state = { enabled: true, level: 'WARN', write: toStderr };

/**
 * @param {string} configKey
 * @param {string} problem
 * @returns {never}
 */
function wrong(configKey, problem) {
  throw new ConfigurationError(`${configKey} ${problem}`, { configKey });
}

/**
 * @param {any} sink
 * @returns {(level: Level, line: string) => void}
 */
function toWriter(sink) {
  if (sink === undefined || sink === null) return toStderr;
  for (const method of Object.values(METHODS)) {
    if (typeof sink[method] !== 'function') {
      wrong('sink', `must have the methods ${Object.values(METHODS).join(', ')}`);
    }
  }
  return (level, line) => {
    try {
      sink[METHODS[level]](line);
    } catch {
      // Somebody else's logger must not break what is logged.
    }
  };
}

/**
 * Sets where the lines of this package go, and from which level on the logger here writes.
 *
 * @param {boolean} [enabled]
 * @param {Level} [level]
 * @param {import('../index').Logger} [sink]
 * @returns {import('../index').Logger}
 */
function setupLogging(enabled, level, sink) {
  const on = enabled ?? true;
  const from = level ?? 'INFO';
  if (typeof on !== 'boolean') wrong('enabled', `must be a boolean (got ${typeof on})`);
  if (!LEVELS.includes(from)) wrong('level', `must be one of ${LEVELS.join(', ')}`);
  state = { enabled: on, level: from, write: toWriter(sink) };
  return {
    debug: (message) => emit('DEBUG', message),
    info: (message) => emit('INFO', message),
    warn: (message) => emit('WARN', message),
    error: (message) => emit('ERROR', message),
  };
}

/**
 * Logs something that concerns no client in particular.
 *
 * @param {Level} level
 * @param {unknown} message
 */
function emit(level, message) {
  if (LEVELS.indexOf(level) >= LEVELS.indexOf(state.level)) emitForClient(level, message);
}

/**
 * Logs something of a client that logs, and whose own level lets it through.
 *
 * @param {Level} level
 * @param {unknown} message
 */
function emitForClient(level, message) {
  if (!state.enabled) return;
  state.write(level, String(message).replace(/\r/g, '\\r').replace(/\n/g, '\\n'));
}

module.exports = { LEVELS, emit, emitForClient, kLogs, setupLogging };
