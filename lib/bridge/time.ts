/** Now, in ISO 8601: UTC, to the millisecond, with `Z`. */
export function getCurrentIsoDatetime(): string {
  return new Date().toISOString();
}
