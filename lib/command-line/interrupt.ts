import { constants } from 'node:os';

/** What Ctrl-C does while a command works: first it asks to stop, then it insists. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly asked: AbortSignal;
  /** Aborted by the second signal, or `patience` milliseconds after the first. */
  readonly insisted: AbortSignal;
  /** The exit code if a signal came. */
  readonly exitCode: number | undefined;
  /** Nothing is left to stop: further signals do nothing, because the process ends by itself. */
  done(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param patience how long what was started may take after the first signal, in milliseconds */
export function onInterrupt(patience: number): Interrupt {
  const [asked, insisted] = [new AbortController(), new AbortController()];
  let exitCode: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const listener = (signal: (typeof SIGNALS)[number]) => {
    if (isDone) return;
    if (exitCode !== undefined) {
      insisted.abort();
      return;
    }
    exitCode = 128 + constants.signals[signal];
    timer = setTimeout(() => insisted.abort(), patience);
    asked.abort();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    asked: asked.signal,
    insisted: insisted.signal,
    get exitCode() {
      return exitCode;
    },
    done() {
      clearTimeout(timer);
      isDone = true;
    },
  };
}
