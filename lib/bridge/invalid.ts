import { ConfigurationError, ValidationError } from './errors';

/** Throws the error for an invalid argument or an invalid option of a call. */
export function invalid(field: string, problem: string, cause?: unknown): never {
  throw new ValidationError(`${field} ${problem}`, { field, cause });
}

/** Throws the error for an invalid option of a client. */
export function misconfigured(configKey: string, problem: string, cause?: unknown): never {
  throw new ConfigurationError(`${configKey} ${problem}`, { configKey, cause });
}
