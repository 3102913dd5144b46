/**
 * Loads a module when it is first used, and only once: in the bundle each `require` of an ES module builds a new
 * object of its exports.
 */
export function lazy<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
