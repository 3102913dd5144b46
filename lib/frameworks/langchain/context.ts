/** Where LangChain and LangSmith keep what runs: a storage that all of their copies in a process use. */
export const STORAGE = Symbol.for('ls:tracing_async_local_storage');
const CONFIG = Symbol.for('lc:child_config');

/** @returns the id of the run of LangChain within which this runs */
export function runningRunId(): string | undefined {
  const storage = (globalThis as any)[STORAGE];
  return storage?.getStore()?.extra?.[CONFIG]?.callbacks?._parentRunId;
}
