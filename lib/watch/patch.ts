import { guard } from './guard';

/** Replacements that were installed, so that no call is recorded twice. */
const patched = new WeakSet<object>();

/**
 * Replaces a method of one object. The replacement is a proxy, which has the name, the length and all other
 * properties of the method. Objects that must not be changed stay as they are.
 *
 * @param around is called instead of the method; `call` calls the method itself
 */
export function replaceMethod(
  holder: any,
  name: string,
  around: (call: () => any, values: any[]) => any,
): void {
  const method = guard(() => holder[name]);
  if (typeof method !== 'function' || patched.has(method)) return;
  const proxy = new Proxy(method, {
    apply: (target, self, values) => around(() => Reflect.apply(target, self, values), values),
  });
  const own = guard(() => Object.getOwnPropertyDescriptor(holder, name));
  const { configurable = true, enumerable = false, writable = true } = own ?? {};
  const descriptor = { value: proxy, configurable, enumerable, writable };
  if (guard(() => Object.defineProperty(holder, name, descriptor))) patched.add(proxy);
}
