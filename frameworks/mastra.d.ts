import type { AsyncInfiniumClient, InfiniumClient } from '../index';

export interface InfiniumExporterOptions {
  /**
   * Whether to record what goes in and comes out of models, tools and agents. Default: `INFINIUM_CAPTURE_CONTENT`,
   * else false.
   */
  captureContent?: boolean | null | undefined;
}

/**
 * Reports the runs of agents and workflows of Mastra: each is a trace, or within `client.trace` a step of that trace.
 *
 * Pass it to Mastra's `Observability` among the `exporters`. Pass it as the `bridge`, too, so that what runs within a
 * tool (watched clients, `traceTool`, `currentTrace()`) belongs to the tool.
 */
export declare class InfiniumExporter {
  /**
   * @param client gets a trace for each run that is not within a running trace. Default: the client of
   *   `infinium-o2/register`; without one, only runs within a running trace are recorded.
   * @throws {ValidationError} `client` or an option is wrong
   */
  constructor(
    client?: InfiniumClient | AsyncInfiniumClient | null,
    options?: InfiniumExporterOptions | null,
  );
  readonly name: string;
  /** Called by Mastra. */
  onTracingEvent(event: { type: string; exportedSpan: object }): void;
  /** Called by Mastra. */
  exportTracingEvent(event: { type: string; exportedSpan: object }): Promise<void>;
  /** Called by Mastra 0.24. */
  exportEvent(event: { type: string; exportedSpan: object }): Promise<void>;
  /** Called by Mastra, if this is the bridge. */
  createSpan(): undefined;
  /** Called by Mastra, if this is the bridge. */
  executeInContext<T>(spanId: string, fn: () => Promise<T>): Promise<T>;
  /** Called by Mastra, if this is the bridge. */
  executeInContextSync<T>(spanId: string, fn: () => T): T;
  /** Resolves when all traces have been sent. */
  flush(): Promise<void>;
  /** The same. The client stays open. */
  shutdown(): Promise<void>;
}
