// What packages record that are made of OpenTelemetry.
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Records spans from now on. */
export function collectSpans() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    provider,
    async recorded(): Promise<string[]> {
      const spans = exporter.getFinishedSpans().map(({ name, status }) => `${name} ${status.code}`);
      exporter.reset();
      return spans;
    },
  };
}
