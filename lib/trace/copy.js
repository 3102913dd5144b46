'use strict';

/**
 * Copies plain objects and arrays, all the way down; everything else is kept as it is, and what is
 * undefined is left out. So what was built does not change when what it was built from does.
 *
 * @template T
 * @param {T} value
 * @param {Map<object, object>} [copies] for objects that hold each other
 * @returns {T}
 */
function copy(value, copies = new Map()) {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known) return /** @type {T} */ (known);
  if (Array.isArray(value)) {
    /** @type {unknown[]} */
    const list = [];
    copies.set(value, list);
    for (const item of value) list.push(copy(item, copies));
    return /** @type {any} */ (list);
  }
  const prototype = Object.getPrototypeOf(value);
  // Plain objects of other realms have another Object.prototype, but nothing above it either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  /** @type {Record<string, unknown>} */
  const object = {};
  copies.set(value, object);
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    Object.defineProperty(object, key, {
      value: copy(item, copies),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return /** @type {any} */ (object);
}

module.exports = { copy };
