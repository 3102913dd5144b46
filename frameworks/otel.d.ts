import type { AsyncInfiniumClient, InfiniumClient } from '../index';

/** The options of {@link InfiniumSpanProcessor} and {@link exportToOtel}. */
export interface OtelOptions {
  /**
   * Whether to record, or to write, what goes in and comes out of models, tools and agents. Default: whether the
   * environment variable `INFINIUM_CAPTURE_CONTENT` is `1`, otherwise false.
   */
  captureContent?: boolean | null | undefined;
}

/**
 * A span processor of OpenTelemetry that turns spans of agents, models and tools into traces: those of the GenAI
 * conventions (`gen_ai.*`), of Vercel AI SDK (`ai.*`), OpenInference and OpenLLMetry. Each local root that is or contains
 * such a span becomes a trace; within a running `client.trace`, spans become steps of it. Other spans are left out. It
 * works with versions 1, 2 and 3 of OpenTelemetry's SDK, and never throws into it.
 *
 * @example
 * ```ts
 * import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
 * import { InfiniumClient } from 'infinium-o2';
 * import { InfiniumSpanProcessor } from 'infinium-o2/otel';
 *
 * const processor = new InfiniumSpanProcessor(new InfiniumClient());
 * new NodeTracerProvider({ spanProcessors: [processor] }).register();
 * ```
 */
export declare class InfiniumSpanProcessor {
  /**
   * @param client gets the traces. Default: the client of `infinium-o2/register`; without one, only spans within a
   *   running `client.trace` are recorded.
   * @throws {ValidationError} `client` is not a client of this package, or `captureContent` is not a boolean
   */
  constructor(client?: InfiniumClient | AsyncInfiniumClient | null, options?: OtelOptions | null);
  /** Called by OpenTelemetry, as all methods are. */
  onStart(span: object, parentContext: object): void;
  onEnd(span: object): void;
  /** Sends the traces whose root has ended, and waits for their delivery. */
  forceFlush(): Promise<void>;
  /** Sends all traces, and waits for their delivery. The client stays open. */
  shutdown(): Promise<void>;
}

/**
 * Writes each trace of a client that is over as OpenTelemetry spans with the times that it had, by the GenAI
 * conventions. Whether the trace is sent to the platform (`enabled`, `autoSend`, `sampleRate`, `beforeSend`) does not
 * matter: OpenTelemetry has a sampler of its own.
 *
 * @param client whose traces: those of `client.trace` and of integrations
 * @param tracerProvider gets a tracer with the name `infinium-o2`
 * @returns a function that ends it
 * @throws {ValidationError} an argument is wrong
 *
 * @example
 * ```ts
 * const stop = exportToOtel(client, provider);
 * ```
 */
export declare function exportToOtel(
  client: InfiniumClient | AsyncInfiniumClient,
  tracerProvider: { getTracer(name: string, version?: string): object },
  options?: OtelOptions | null,
): () => void;
