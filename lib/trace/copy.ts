const MEMBER = { configurable: true, enumerable: true, writable: true };

/** Values with fewer objects are copied without a map, which would take most of the time. */
const SMALL = 100;

/** The objects that a copy has met, and their copies once there are many. */
export interface Copies {
  count: number;
  known: Map<object, object> | undefined;
  /** At most so many UTF-16 units of JSON, without escapes: infinite if a value may have a JSON form of its own. */
  units: number;
}

export function noCopies(): Copies {
  return { count: 0, known: undefined, units: 0 };
}

/** The longest number, and the signs around a member. */
const MAX_NUMBER = 25;
const AROUND_MEMBER = 4;

/**
 * Deeply copies plain objects and arrays, so that later changes to the original have no effect. Values of other
 * kinds are shared, and undefined members are omitted.
 */
export function copy<T>(value: T, copies: Copies = noCopies()): T {
  if (typeof value !== 'object' || value === null) {
    copies.units += unitsOf(value);
    return value;
  }
  const known = copies.known?.get(value);
  if (known) {
    copies.units = Number.POSITIVE_INFINITY;
    return known as T;
  }
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    remember(copies, value, list);
    for (const item of value) list.push(copy(item, copies));
    return list as T;
  }
  const prototype = Object.getPrototypeOf(value);
  // Plain objects from another realm have a different Object.prototype, but its prototype is also null.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    copies.units = Number.POSITIVE_INFINITY;
    return value;
  }
  const object: Record<string, unknown> = {};
  remember(copies, value, object);
  for (const key of Object.keys(value)) {
    copies.units += key.length + AROUND_MEMBER;
    const item = copy((value as Record<string, unknown>)[key], copies);
    if (item === undefined) continue;
    // An assignment to the key `__proto__` would set the prototype.
    if (key === '__proto__') Object.defineProperty(object, key, { ...MEMBER, value: item });
    else object[key] = item;
  }
  return object as T;
}

/** A circular reference is followed until there are many objects; then its end is known. */
function remember(copies: Copies, value: object, copied: object): void {
  copies.count += 1;
  if (copies.count < SMALL) return;
  copies.known ??= new Map();
  copies.known.set(value, copied);
}

function unitsOf(value: unknown): number {
  if (typeof value === 'string') return value.length + AROUND_MEMBER;
  // It may be called `toJSON`.
  return typeof value === 'function' ? Number.POSITIVE_INFINITY : MAX_NUMBER;
}
