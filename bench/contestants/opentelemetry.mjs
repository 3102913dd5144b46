import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { inPortions, PORTION } from './portions.mjs';

/**
 * One span for each trace, with the task as an attribute in JSON, as the conventions for agents have
 * it; batches of 100.
 *
 * @param {import('./index.mjs').Job} job
 */
export function make({ url }) {
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 2 * PORTION,
    maxExportBatchSize: 100,
  });
  const provider = new BasicTracerProvider({
    spanProcessors: [processor],
    spanLimits: { attributeValueLengthLimit: Number.POSITIVE_INFINITY },
  });
  const tracer = provider.getTracer('bench');
  return {
    send: inPortions(
      (/** @type {any} */ task) => {
        const attributes = { 'gen_ai.task': JSON.stringify(task) };
        tracer.startSpan('invoke_agent', { attributes }).end();
      },
      () => provider.forceFlush(),
    ),
    close: () => provider.shutdown(),
  };
}
