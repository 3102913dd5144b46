/**
 * Runs our own code within the user's call. If it throws, nothing is recorded and the user's call continues.
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
