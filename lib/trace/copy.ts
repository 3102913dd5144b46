const MEMBER = { configurable: true, enumerable: true, writable: true };

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
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key], copies);
    if (item === undefined) continue;
    // An assignment to the key `__proto__` would set the prototype.
    if (key === '__proto__') Object.defineProperty(object, key, { ...MEMBER, value: item });
    else object[key] = item;
  }
  return object as T;
}
