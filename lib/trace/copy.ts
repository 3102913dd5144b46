/**
 * Copies plain objects and arrays at every depth. Values of other kinds are kept as they are, and members that
 * are undefined are left out. The copy does not change when the original does.
 *
 * @param copies objects copied so far, for objects that refer to each other
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
  // Plain objects of another realm have another Object.prototype, but its prototype is null too.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  const object: Record<string, unknown> = {};
  copies.set(value, object);
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    // Not an assignment, which would set the prototype for the key `__proto__`.
    Object.defineProperty(object, key, {
      value: copy(item, copies),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return object as T;
}
