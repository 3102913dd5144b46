/**
 * Deeply copies plain objects and arrays, so that later changes to the original have no effect. Values of other
 * kinds are shared, and undefined members are omitted.
 *
 * @param copies the objects copied so far, for shared and circular references
 */
export function copy<T>(value: T, copies = new Map<object, object>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known) return known as T;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    copies.set(value, list);
    for (const item of value) list.push(copy(item, copies));
    return list as T;
  }
  const prototype = Object.getPrototypeOf(value);
  // Plain objects from another realm have a different Object.prototype, but its prototype is also null.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  const object: Record<string, unknown> = {};
  copies.set(value, object);
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    // Not an assignment, because the key `__proto__` would set the prototype.
    Object.defineProperty(object, key, {
      value: copy(item, copies),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return object as T;
}
