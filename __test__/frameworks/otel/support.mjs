// What the tests of OpenTelemetry have in common: a client whose traces are kept, and programs with each version of the
// SDK.
import { createServer } from 'node:http';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as sdk3 from '@opentelemetry/sdk-trace';
import * as sdk2 from '@opentelemetry/sdk-trace-base';
import { InfiniumClient } from 'infinium-o2';
import * as sdk1 from 'otel-1';

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
  const bodies = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.setHeader('content-type', 'application/json');
      response.end('{"success":true,"data":{"traceId":"t"}}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new InfiniumClient({
    agentId: '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e',
    agentSecret: 'golden-secret-0123456789',
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    enableRateLimiting: false,
    // Traces arrive in their order.
    maxConcurrency: 1,
  });
  return {
    client,
    bodies,
    url: `http://127.0.0.1:${server.address().port}`,
    /** The traces that have arrived, once all that were sent have. */
    async traces() {
      await client.flush();
      return bodies;
    },
    async close() {
      await client.close();
      server.close();
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
