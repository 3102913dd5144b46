import { LangfuseSpanProcessor } from '@langfuse/otel';
import { setLangfuseTracerProvider, startObservation } from '@langfuse/tracing';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { inPortions, PORTION } from './portions.mjs';

/**
 * One observation for each trace, with the task as its output; batches of 100.
 *
 * @param {import('./index.mjs').Job} job
 */
export function make({ url }) {
  process.env.OTEL_BSP_MAX_QUEUE_SIZE = String(2 * PORTION);
  const processor = new LangfuseSpanProcessor({
    publicKey: 'pk-lf-bench',
    secretKey: 'sk-lf-bench',
    baseUrl: url,
    flushAt: 100,
    mediaUploadEnabled: false,
  });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  setLangfuseTracerProvider(provider);
  return {
    send: inPortions(
      (/** @type {any} */ task) => {
        startObservation('invoke-agent', { output: task }).end();
      },
      () => processor.forceFlush(),
    ),
    close: () => provider.shutdown(),
  };
}
