import { ConfigurationError, ValidationError } from './errors';

/** Throws the error of a wrong argument or of a wrong option of a call. */
export function invalid(field: string, problem: string, cause?: unknown): never {
  throw new ValidationError(`${field} ${problem}`, { field, cause });
}

/** Throws the error of a wrong option of a client. */
export function misconfigured(configKey: string, problem: string, cause?: unknown): never {
  throw new ConfigurationError(`${configKey} ${problem}`, { configKey, cause });
}
