/** A failure whose message is all that a user needs. */
export class Problem extends Error {}

/** Writes to standard output. Returns the exit code for success. */
export function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

export function printError(text: string): void {
  process.stderr.write(text);
}

/** Writes an object for other programs. */
export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

/** As in `1 task` and `1,234 tasks`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [unit, size] =
    bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : (['GB', 1e9] as const);
  return `${(bytes / Number(size)).toFixed(1)} ${unit}`;
}

/** As in `3.2 s`, `4 min` and `2 days`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** The message of an error of the file system, without the path that is known. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'it is not in a directory',
    ENOSPC: 'the disk is full',
  };
  return known[code ?? ''] ?? message;
}
