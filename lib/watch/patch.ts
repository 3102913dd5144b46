import { onePerProcess } from '../bridge/one-per-process';
import { guard } from './guard';
import { type Around, replaceForInstance } from './patch-class';

/** Installed replacements of all copies of this package, so that no call is recorded twice. */
const patched = onePerProcess('patched', () => new WeakSet<object>());

/**
 * Replaces a method of one object with a proxy, which has the name, the length and all other properties of the
 * method. A method of the object's class is looked up when it is called: others may replace it later, as spies and
 * instrumentations do. It is never read through the object, which may be the proxy of another package that returns
 * another function: that function would then call itself.
 *
 * @returns false if there is such a method and it cannot be replaced
 */
export function replaceMethod(holder: any, name: string, around: Around): boolean {
  const own = guard(() => Object.getOwnPropertyDescriptor(holder, name));
  const find = guard(() => finder(holder, name, own));
  const method: unknown = find && guard(find);
  if (!find || typeof method !== 'function') return true;
  if (patched.has(method)) return true;
  const { toString: textOf } = Function.prototype;
  const text = { toString: () => textOf.call(find()) }.toString;
  const proxy = new Proxy(method, {
    apply: (_target, self, values) =>
      around((given = values) => Reflect.apply(find() as any, self, given), values),
    get(_target, key) {
      const value = Reflect.get(find() as object, key);
      // The text of a proxy is `[native code]`.
      return value === textOf ? text : value;
    },
  });
  const { configurable = true, enumerable = false, writable = true } = own ?? {};
  const descriptor = { value: proxy, configurable, enumerable, writable };
  if (guard(() => Object.defineProperty(holder, name, descriptor))) {
    patched.add(proxy);
    return true;
  }
  return own === undefined && guard(() => replaceForInstance(holder, name, around)) === true;
}

/** Returns a function that finds the method. */
function finder(holder: any, name: string, own?: PropertyDescriptor): () => unknown {
  if (own && 'value' in own) return () => own.value;
  const findInherited = () => Object.getPrototypeOf(holder)[name];
  if (!own && typeof guard(findInherited) === 'function') return findInherited;
  const read = holder[name];
  return () => read;
}
