/**
 * Loads a module when it is first needed, and keeps it. In the bundle, every `require` of a module creates a new
 * namespace object, which is too slow for hot functions.
 */
export function lazy<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
