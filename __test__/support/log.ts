// What clients and the package write to the log.
import { setupLogging } from 'infinium-o2';

/** Collects the lines of all levels from now on; call it again for a new list. */
export function collectLog(): string[] {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  setupLogging(true, 'DEBUG', { debug: write, info: write, warn: write, error: write });
  return lines;
}

/** Collects what is written to standard error until `restore` is called. */
export function collectStderr(): { lines: string[]; restore(): void } {
  const lines: string[] = [];
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  return { lines, restore: () => spy.mockRestore() };
}

/** Collects the warnings of clients with the options `more` until `stop` is called. */
export function listen() {
  const { lines, restore } = collectStderr();
  const said = (what: string) => lines.filter((line) => line.includes(what)).length;
  return { said, stop: restore, more: { enableLogging: true, logLevel: 'WARN' } as const };
}
