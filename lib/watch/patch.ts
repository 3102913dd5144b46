import { guard } from './guard';

/** Installed replacements, so that no call is recorded twice. */
const patched = new WeakSet<object>();

/**
 * Replaces a method of one object with a proxy, which has the name, the length and all other properties of the
 * method. Frozen objects stay unchanged.
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
