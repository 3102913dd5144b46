// Declares what the benchmark uses of the rivals' packages, so that its types can be checked on a fresh
// clone: only `npm run bench` installs these packages. `paths` in tsconfig.json makes the check read this
// file even where they are installed, so that its result is the same everywhere.

declare module 'undici' {
  // These come with @types/node, and are undici's own.
  export { Pool } from 'undici-types';
}

declare module '@langfuse/otel' {
  export class LangfuseSpanProcessor {
    constructor(options: {
      publicKey: string;
      secretKey: string;
      baseUrl: string;
      flushAt: number;
      mediaUploadEnabled: boolean;
    });
    forceFlush(): Promise<void>;
  }
}

declare module '@langfuse/tracing' {
  import type { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
  export function setLangfuseTracerProvider(provider: BasicTracerProvider): void;
  export function startObservation(name: string, attributes: { output: unknown }): { end(): void };
}

declare module '@opentelemetry/exporter-trace-otlp-http' {
  export class OTLPTraceExporter {
    constructor(options: { url: string });
  }
}

declare module '@opentelemetry/sdk-trace-base' {
  import type { LangfuseSpanProcessor } from '@langfuse/otel';
  import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
  export class BatchSpanProcessor {
    constructor(
      exporter: OTLPTraceExporter,
      options: { maxQueueSize: number; maxExportBatchSize: number },
    );
  }
  export class BasicTracerProvider {
    constructor(options: {
      spanProcessors: (BatchSpanProcessor | LangfuseSpanProcessor)[];
      spanLimits?: { attributeValueLengthLimit: number };
    });
    getTracer(name: string): {
      startSpan(name: string, options: { attributes: Record<string, string> }): { end(): void };
    };
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
  }
}

declare module 'langfuse' {
  export class Langfuse {
    constructor(options: {
      publicKey: string;
      secretKey: string;
      baseUrl: string;
      flushAt: number;
    });
    trace(body: { name: string; output: unknown }): unknown;
    flushAsync(): Promise<void>;
    shutdownAsync(): Promise<void>;
  }
}

declare module 'langsmith' {
  export class Client {
    constructor(options: { apiUrl: string; apiKey: string; autoBatchTracing: boolean });
    createRun(run: {
      id: string;
      trace_id: string;
      dotted_order: string;
      name: string;
      run_type: string;
      project_name: string;
      start_time: number;
      end_time: number;
      inputs: object;
      outputs: object;
    }): Promise<void>;
    awaitPendingTraceBatches(): Promise<void>;
  }
}

declare module 'posthog-node' {
  export class PostHog {
    constructor(
      apiKey: string,
      options: {
        host: string;
        flushAt: number;
        maxBatchSize: number;
        maxQueueSize: number;
        disableCompression: boolean;
      },
    );
    capture(event: { distinctId: string; event: string; properties: object }): void;
    flush(): Promise<void>;
    shutdown(): Promise<void>;
  }
}
