import { AsyncLocalStorage } from 'node:async_hooks';
import { isObject } from '../../watch/facts';
import { STORAGE } from './context';
import { InfiniumCallbackHandler } from './handler';

/** Where LangChain keeps the variables of its context, and among them what `registerConfigureHook` has registered. */
const VARIABLES = Symbol.for('lc:context_variables');
/** Each copy of LangChain has a symbol of its own for the hooks, with this description. */
const HOOKS = 'lc:configure_hooks';
const VARIABLE = 'infinium';
const HOOK = { contextVar: VARIABLE, inheritable: true };

/** Objects that have the hook. */
const hooked = new WeakSet<object>();
let handler: InfiniumCallbackHandler | undefined;

/**
 * Adds a handler to every run of LangChain in this process, as `registerConfigureHook` does for one copy of LangChain
 * and one asynchronous context. It may be called before LangChain is loaded, or after.
 *
 * @returns what is wrong, if it cannot
 */
export function install(): string | undefined {
  if (handler) return undefined;
  const global = globalThis as { [key: symbol]: any };
  try {
    // LangChain and LangSmith use the storage that is there, whatever has made it.
    global[STORAGE] ??= new AsyncLocalStorage();
    const storage = global[STORAGE];
    const { getStore } = storage;
    handler = new InfiniumCallbackHandler();
    const empty = withHook({});
    storage.getStore = function getHookedStore(this: unknown): unknown {
      const store = Reflect.apply(getStore, this, []);
      if (store === undefined) return empty;
      return isObject(store) ? withHook(store) : store;
    };
    return undefined;
  } catch {
    handler = undefined;
    return 'The context of @langchain/core cannot be changed, so its runs are not in traces.';
  }
}

/** Adds the hook to what LangChain keeps in its context. */
function withHook(store: any): unknown {
  const variables = store[VARIABLES];
  if (hooked.has(variables)) return store;
  const proxy = new Proxy(isObject(variables) ? variables : {}, { get: read });
  hooked.add(proxy);
  try {
    store[VARIABLES] = proxy;
  } catch {
    // It is frozen. The runs in it are not recorded.
  }
  return store;
}

function read(variables: any, key: string | symbol): unknown {
  const value = Reflect.get(variables, key);
  if (key === VARIABLE) return value ?? handler;
  if (typeof key !== 'symbol' || key.description !== HOOKS) return value;
  const hooks = Array.isArray(value) ? value : [];
  return hooks.includes(HOOK) ? hooks : [...hooks, HOOK];
}
