/** Returns the current time in ISO 8601: UTC, in milliseconds, with `Z`. */
export function getCurrentIsoDatetime(): string {
  return new Date().toISOString();
}
