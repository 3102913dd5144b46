import type { AsyncInfiniumClient, InfiniumClient } from '../index';

/** The options of {@link InfiniumTracingProcessor}. */
export interface InfiniumTracingProcessorOptions {
  /**
   * Whether to record what goes in and comes out of models and tools. `traceIncludeSensitiveData: false` of a run wins.
   * Default `false`, or `true` with `INFINIUM_CAPTURE_CONTENT=1`.
   */
  captureContent?: boolean | null | undefined;
}

/**
 * Records what the OpenAI Agents SDK traces. Each run is a trace named for its agent or workflow, or steps of the
 * `client.trace` in which it runs. It never throws into the SDK.
 *
 * ```js
 * import { addTraceProcessor } from '@openai/agents';
 * import { InfiniumClient } from 'infinium-o2';
 * import { InfiniumTracingProcessor } from 'infinium-o2/openai-agents';
 *
 * addTraceProcessor(new InfiniumTracingProcessor(new InfiniumClient()));
 * ```
 */
export declare class InfiniumTracingProcessor {
  /**
   * @param client gets a trace for each run that is not within a running trace. Default: the client of
   *   `infinium-o2/register`; without one, only runs within a running trace are recorded.
   * @throws {ValidationError} `client` or `captureContent` is wrong
   */
  constructor(
    client?: InfiniumClient | AsyncInfiniumClient | null,
    options?: InfiniumTracingProcessorOptions | null,
  );
  /** Called by the SDK, as all methods are. */
  onTraceStart(trace: object): Promise<void>;
  onTraceEnd(trace: object): Promise<void>;
  onSpanStart(span: object): Promise<void>;
  onSpanEnd(span: object): Promise<void>;
  /** The same as `forceFlush`. The client stays open. */
  shutdown(timeout?: number): Promise<void>;
  /** Waits until the client has delivered what it has. */
  forceFlush(): Promise<void>;
}
