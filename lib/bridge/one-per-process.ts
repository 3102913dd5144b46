/**
 * Returns a value that all copies of this package have in common: a bundle has its own copy, a monorepo may have
 * several, and a test runner makes new ones. Copies of one major version understand each other's values, so the
 * shape of a value must not change within it.
 */
export function onePerProcess<T extends object>(name: string, create: () => T): T {
  const key = Symbol.for(`infinium-o2.v1.${name}`);
  const global = globalThis as { [key: symbol]: unknown };
  const existing = global[key] as T | undefined;
  if (existing !== undefined) return existing;
  const created = create();
  try {
    Object.defineProperty(global, key, { value: created });
  } catch {
    // The global object is frozen: this copy has a value of its own.
  }
  return created;
}
