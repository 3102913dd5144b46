import type { AsyncInfiniumClient, InfiniumClient } from '../index';

/** Options of `infiniumTelemetry`. */
export interface InfiniumTelemetryOptions {
  /**
   * Gets a trace for each run that is not within a running trace. Default: the client of `infinium-o2/register`; without
   * one, only runs within a running trace are recorded.
   */
  client?: InfiniumClient | AsyncInfiniumClient | null | undefined;
  /**
   * Whether to record what goes in and comes out of models and tools. The SDK's own `recordInputs: false` and
   * `recordOutputs: false` win. Default: whether the environment variable `INFINIUM_CAPTURE_CONTENT` is `1`, otherwise
   * false.
   */
  captureContent?: boolean | null | undefined;
}

/** A tracer of OpenTelemetry's interface, for `experimental_telemetry` of versions 5 and 6. */
export interface InfiniumTracer {
  startSpan(name: string, options?: any, context?: any): any;
  startActiveSpan<F extends (span: any) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: any) => unknown>(
    name: string,
    options: any,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: any) => unknown>(
    name: string,
    options: any,
    context: any,
    fn: F,
  ): ReturnType<F>;
}

/** What `registerTelemetry` of version 7 accepts. The SDK calls all of its methods. */
export interface InfiniumTelemetry {
  /** For versions 5 and 6: `experimental_telemetry: { isEnabled: true, tracer: telemetry.tracer }`. */
  readonly tracer: InfiniumTracer;
  onStart(event: any): void;
  executeLanguageModelCall<T>(options: { execute: () => PromiseLike<T> }): PromiseLike<T>;
  onToolExecutionStart(event: any): void;
  executeTool<T>(options: { execute: () => PromiseLike<T> }): PromiseLike<T>;
  onToolExecutionEnd(event: any): void;
  onObjectStepStart(event: any): void;
  onObjectStepEnd(event: any): void;
  onEmbedStart(event: any): void;
  onEmbedEnd(event: any): void;
  onRerankStart(event: any): void;
  onRerankEnd(event: any): void;
  onEnd(event: any): void;
  onAbort(event: any): void;
  onError(event: any): void;
}

/**
 * Records the runs of the Vercel AI SDK 5, 6 and 7 (`generateText`, `streamText`, agents and the like) as traces, or as
 * steps of the `client.trace` that is running.
 *
 * @example Version 7, once for the process
 * ```ts
 * import { registerTelemetry } from 'ai';
 * import { InfiniumClient } from 'infinium-o2';
 * import { infiniumTelemetry } from 'infinium-o2/ai-sdk';
 *
 * registerTelemetry(infiniumTelemetry({ client: new InfiniumClient() }));
 * ```
 *
 * @example Versions 5 and 6, with each call
 * ```ts
 * const { tracer } = infiniumTelemetry({ client });
 * await generateText({ model, prompt, experimental_telemetry: { isEnabled: true, tracer } });
 * ```
 *
 * @throws {ValidationError} `client` is not a client of this package, or `captureContent` is not a boolean
 */
export declare function infiniumTelemetry(
  options?: InfiniumTelemetryOptions | null,
): InfiniumTelemetry;

/**
 * Records every run of version 7 in this process, without a line in its code. `infinium-o2/register` calls it, before or
 * after the SDK is loaded. Calls with `telemetry.integrations` of their own are left to these.
 */
export declare function install(): void;
