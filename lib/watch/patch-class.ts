import { onePerProcess } from '../bridge/one-per-process';

/** Called instead of a method; `call` calls the method itself, with other arguments if some are given. */
export type Around = (call: (given?: any[]) => any, values: any[]) => any;

/** For each replacement in a class: the objects whose calls are not to be passed on at once. */
const replaced = onePerProcess('replaced', () => new WeakMap<object, WeakMap<object, Around>>());

/**
 * Replaces the method of a class, because an object of it is sealed or frozen. The calls of its other objects pass.
 *
 * @returns false if the object does not inherit such a method
 * @throws if the class is frozen, too
 */
export function replaceForInstance(instance: object, name: string, around: Around): boolean {
  let prototype = Object.getPrototypeOf(instance);
  while (prototype && !Object.hasOwn(prototype, name)) {
    prototype = Object.getPrototypeOf(prototype);
  }
  const method: unknown = prototype?.[name];
  if (typeof method !== 'function') return false;
  const instances = replaced.get(method) ?? replaceInClass(prototype, name, method);
  if (!instances.has(instance)) instances.set(instance, around);
  return true;
}

function replaceInClass(prototype: object, name: string, method: object): WeakMap<object, Around> {
  const instances = new WeakMap<object, Around>();
  const value = new Proxy(method as (...values: any[]) => unknown, {
    apply(target, self, values) {
      const call = (given = values) => Reflect.apply(target, self, given);
      const around = instances.get(self as object);
      return around ? around(call, values) : call();
    },
  });
  Object.defineProperty(prototype, name, {
    ...Object.getOwnPropertyDescriptor(prototype, name),
    value,
  });
  replaced.set(value, instances);
  return instances;
}
