/** The codes of warnings about the background, as the addon numbers them. */
export const WARNING_CODES = [
  'INFINIUM_CREDENTIALS',
  'INFINIUM_AGENT',
  'INFINIUM_REFUSED',
  'INFINIUM_OUTAGE',
  'INFINIUM_QUEUE',
  'INFINIUM_SPOOL',
] as const;

/** Emits a warning of the process. Never throws. */
export function warn(code: string | undefined, message: string): void {
  try {
    process.emitWarning(message, { type: 'InfiniumWarning', code: code ?? 'INFINIUM' });
  } catch {
    // With --throw-deprecation or a replaced emitWarning: a warning must not break the program.
  }
}
