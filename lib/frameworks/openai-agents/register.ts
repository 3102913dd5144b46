import { InfiniumTracingProcessor } from './processor';

/** All copies of the SDK keep their trace provider under this symbol. */
const PROVIDER = Symbol.for('openai.agents.core.traceProvider');

interface TraceProvider {
  registerProcessor(processor: InfiniumTracingProcessor): void;
}

/**
 * Adds a processor to the trace provider of the OpenAI Agents SDK, whether that is loaded already or later. The
 * processor takes the client that is the default when a run begins.
 */
export function install(): void {
  const processor = new InfiniumTracingProcessor();
  const holder = globalThis as { [PROVIDER]?: TraceProvider };
  if (holder[PROVIDER]) {
    holder[PROVIDER].registerProcessor(processor);
    return;
  }
  Object.defineProperty(holder, PROVIDER, {
    configurable: true,
    get: () => undefined,
    set(provider: TraceProvider) {
      Object.defineProperty(holder, PROVIDER, {
        value: provider,
        configurable: true,
        writable: true,
      });
      // While it is loaded, the SDK replaces all processors by its own.
      queueMicrotask(() => provider?.registerProcessor(processor));
    },
  });
}
