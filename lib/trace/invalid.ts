import { ValidationError } from '../bridge/errors';

/**
 * @param cause what was thrown while the argument or option was read
 * @throws {ValidationError} with the message `<field> <problem>`
 */
export function invalid(field: string, problem: string, cause?: unknown): never {
  throw new ValidationError(`${field} ${problem}`, { field, cause });
}
