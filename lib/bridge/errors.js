'use strict';

/**
 * What the platform or the client knew about a failure, beside its message.
 * @typedef {object} ErrorInit
 * @property {number} [statusCode] HTTP status of the platform's answer
 * @property {Record<string, unknown>} [details] the answer's JSON under `responseData`
 * @property {unknown} [cause]
 */

/**
 * Sets what is known, so that an error that is printed shows nothing else.
 * @param {object} error
 * @param {Record<string, unknown>} known
 */
function set(error, known) {
  for (const [key, value] of Object.entries(known)) {
    if (value !== undefined) Object.assign(error, { [key]: value });
  }
}

/** Every error of this package is one of these. */
class InfiniumError extends Error {
  /**
   * @param {string} message
   * @param {ErrorInit} [init]
   */
  constructor(message, init = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    set(this, { statusCode: init.statusCode, details: init.details });
  }
}

class AuthenticationError extends InfiniumError {}

class ValidationError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & { field?: string }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    set(this, { field: init.field });
  }
}

class RateLimitError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & { retryAfter?: number }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    set(this, { retryAfter: init.retryAfter });
  }
}

class NetworkError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & { originalError?: Error }} [init]
   */
  constructor(message, init = {}) {
    super(message, { cause: init.originalError, ...init });
    set(this, { originalError: init.originalError });
  }
}

class TimeoutError extends NetworkError {
  /**
   * @param {string} message
   * @param {ErrorInit & { originalError?: Error, timeoutDuration?: number }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    set(this, { timeoutDuration: init.timeoutDuration });
  }
}

class ServerError extends InfiniumError {}

class NotFoundError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & { resource?: string }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    set(this, { resource: init.resource });
  }
}

class ConfigurationError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & { configKey?: string }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    set(this, { configKey: init.configKey });
  }
}

class PayloadTooLargeError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & { actualSize?: number, maxSize?: number }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    set(this, { actualSize: init.actualSize, maxSize: init.maxSize });
  }
}

class BatchError extends InfiniumError {
  /**
   * @param {string} message
   * @param {ErrorInit & {
   *   totalTasks?: number, successfulTasks?: number, failedTasks?: number,
   *   errors?: string[], results?: import('../../index').ApiResponse[],
   * }} [init]
   */
  constructor(message, init = {}) {
    super(message, init);
    this.totalTasks = init.totalTasks ?? 0;
    this.successfulTasks = init.successfulTasks ?? 0;
    this.failedTasks = init.failedTasks ?? 0;
    this.errors = init.errors ?? [];
    this.results = init.results ?? [];
  }
}

const classes = {
  InfiniumError,
  AuthenticationError,
  ValidationError,
  RateLimitError,
  NetworkError,
  TimeoutError,
  ServerError,
  NotFoundError,
  BatchError,
  ConfigurationError,
  PayloadTooLargeError,
};

// On the prototype and not enumerable, like the names of JavaScript's own errors.
for (const [name, value] of Object.entries(classes)) {
  Object.defineProperty(value.prototype, 'name', {
    value: name,
    configurable: true,
    writable: true,
  });
}

module.exports = classes;
