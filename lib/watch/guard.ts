/**
 * Runs our own code within the user's call: if it throws, nothing is recorded, and the user does not notice.
 *
 * @returns undefined if it threw
 */
export function guard<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
