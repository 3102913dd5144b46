/** Returns what a function returns, and the warnings that it would have emitted. */
export function withoutWarnings<T>(run: () => T): { result: T; warnings: string[] } {
  const { emitWarning } = process;
  const warnings: string[] = [];
  process.emitWarning = (text: unknown) => void warnings.push(String(text));
  try {
    return { result: run(), warnings };
  } finally {
    process.emitWarning = emitWarning;
  }
}
