// Reading values that may be anything, because they come from a provider or from the user.

/** @returns the value if it is a finite number */
export function finiteNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** @returns the value if it is a non-empty string */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns the value if it is an array, otherwise an empty array */
export function arrayOf(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a value is an object and not null. */
export function isObject(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null;
}
