import type { ApiResponse, InfiniumError as Contract, SendAllFailure } from '../../index';

/** The details of a failure, apart from its message. */
export interface ErrorInit {
  /** The HTTP status of the platform's answer. */
  statusCode?: number;
  /** The answer's JSON, under `responseData`. */
  details?: object;
  cause?: unknown;
}

/** Sets only known details, so that a printed error shows nothing else. */
function set(error: object, known: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(known)) {
    if (value !== undefined) Object.assign(error, { [key]: value });
  }
}

/** The base class of all errors of this package. */
export class InfiniumError extends Error {
  declare statusCode?: number;
  declare details?: Contract['details'];
  declare cause?: unknown;

  constructor(message: string, init: ErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    set(this, { statusCode: init.statusCode, details: init.details });
  }
}

export class AuthenticationError extends InfiniumError {}

export class ValidationError extends InfiniumError {
  declare field?: string;

  constructor(message: string, init: ErrorInit & { field?: string } = {}) {
    super(message, init);
    set(this, { field: init.field });
  }
}

export class RateLimitError extends InfiniumError {
  declare retryAfter?: number;

  constructor(message: string, init: ErrorInit & { retryAfter?: number } = {}) {
    super(message, init);
    set(this, { retryAfter: init.retryAfter });
  }
}

export class NetworkError extends InfiniumError {
  declare code?: string;
  declare originalError?: Error;

  constructor(message: string, init: ErrorInit & { code?: string; originalError?: Error } = {}) {
    super(message, { cause: init.originalError, ...init });
    set(this, { code: init.code, originalError: init.originalError });
  }
}

export class TimeoutError extends NetworkError {
  declare timeoutDuration?: number;

  constructor(
    message: string,
    init: ErrorInit & { code?: string; originalError?: Error; timeoutDuration?: number } = {},
  ) {
    super(message, init);
    set(this, { timeoutDuration: init.timeoutDuration });
  }
}

export class ServerError extends InfiniumError {}

export class NotFoundError extends InfiniumError {
  declare resource?: string;

  constructor(message: string, init: ErrorInit & { resource?: string } = {}) {
    super(message, init);
    set(this, { resource: init.resource });
  }
}

export class ConfigurationError extends InfiniumError {
  declare configKey?: string;

  constructor(message: string, init: ErrorInit & { configKey?: string } = {}) {
    super(message, init);
    set(this, { configKey: init.configKey });
  }
}

export class PayloadTooLargeError extends InfiniumError {
  declare actualSize?: number;
  declare maxSize?: number;

  constructor(message: string, init: ErrorInit & { actualSize?: number; maxSize?: number } = {}) {
    super(message, init);
    set(this, { actualSize: init.actualSize, maxSize: init.maxSize });
  }
}

interface BatchErrorInit extends ErrorInit {
  totalTasks?: number;
  successfulTasks?: number;
  failedTasks?: number;
  errors?: string[];
  results?: ApiResponse[];
  failures?: SendAllFailure[];
}

export class BatchError extends InfiniumError {
  declare totalTasks: number;
  declare successfulTasks: number;
  declare failedTasks: number;
  declare errors: string[];
  declare results: ApiResponse[];
  declare failures?: SendAllFailure[];

  constructor(message: string, init: BatchErrorInit = {}) {
    super(message, init);
    this.totalTasks = init.totalTasks ?? 0;
    this.successfulTasks = init.successfulTasks ?? 0;
    this.failedTasks = init.failedTasks ?? 0;
    this.errors = init.errors ?? [];
    this.results = init.results ?? [];
    set(this, { failures: init.failures });
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

/** Under it, each prototype has the name of its class, in all copies of this package. */
const NAME = Symbol.for('infinium-o2.v1.error');

/** Whether an object is an error of the class of this name, of any copy. */
function isNamed(error: unknown, name: string): boolean {
  if (typeof error !== 'object') return false;
  for (let link: any = error; link; link = Object.getPrototypeOf(link)) {
    if (Object.hasOwn(link, NAME) && link[NAME] === name) return true;
  }
  return false;
}

// On the prototype and not enumerable, like the names of JavaScript's own errors.
for (const [name, value] of Object.entries(classes)) {
  const { prototype } = value;
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true });
  Object.defineProperty(prototype, NAME, { value: name });
  Object.defineProperty(value, Symbol.hasInstance, {
    value(this: unknown, error: unknown) {
      // A class of the user's inherits this, and has no other errors than its own.
      if (this !== value) return Function.prototype[Symbol.hasInstance].call(this, error);
      return isNamed(error, name);
    },
  });
}
