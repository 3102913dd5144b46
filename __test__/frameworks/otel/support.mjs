// What the tests of OpenTelemetry have in common: a client whose traces are kept, and programs with each version of the
// SDK.
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as sdk3 from '@opentelemetry/sdk-trace';
import * as sdk2 from '@opentelemetry/sdk-trace-base';
import { InfiniumClient } from 'infinium-o2';
import * as sdk1 from 'otel-1';
import { startReceiver } from '../receiver.mjs';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** The versions of the SDK, by the name of a test. */
export const SDKS = {
  'version 1': makeVersion1,
  'version 2': (...processors) => new sdk2.BasicTracerProvider({ spanProcessors: processors }),
  'version 3': (...processors) => makeVersion3(processors),
};

export const makeProvider = SDKS['version 2'];
export const { InMemorySpanExporter, SimpleSpanProcessor } = sdk2;

function makeVersion1(...processors) {
  const provider = new sdk1.BasicTracerProvider();
  for (const processor of processors) provider.addSpanProcessor(processor);
  return provider;
}

function makeVersion3(processors) {
  const Provider = sdk3.TracerProvider ?? sdk3.BasicTracerProvider;
  return Provider
    ? new Provider({ spanProcessors: processors })
    : sdk3.createTracerProvider({ spanProcessors: processors });
}

/** A platform that keeps what it gets. */
export async function startPlatform() {
  const { bodies, options, url, stop } = await startReceiver();
  const client = new InfiniumClient(options);
  return {
    client,
    bodies,
    url,
    /** The traces that have arrived, once all that were sent have. */
    async traces() {
      await client.flush();
      return bodies;
    },
    async close() {
      await client.close();
      stop();
    },
  };
}

/** Runs a function in a span, which ends with it. */
export async function within(tracer, name, attributes, fn = () => {}) {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await fn(span);
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: 2, message: error.message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The steps of a trace as short texts: action, description, and the number of the step that it is in. */
export function outline(body) {
  return body.steps.map((step) =>
    [step.action, step.description, step.metadata?.parent_step]
      .filter((part) => part !== undefined)
      .join(' '),
  );
}

export { context, trace };
