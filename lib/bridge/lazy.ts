/**
 * Loads a module when it is first needed, and keeps it: in the bundle, every `require` of a module makes a new
 * namespace object, which is too slow for functions that run often.
 */
export function lazy<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
