import type { AsyncInfiniumClient, InfiniumClient } from '../index';

/** Options of `InfiniumCallbackHandler`. */
export interface InfiniumCallbackHandlerOptions {
  /**
   * Whether to record what goes in and comes out of chains, models, tools and retrievers: messages, arguments, results,
   * documents. Default: whether the environment variable `INFINIUM_CAPTURE_CONTENT` is `1`, otherwise false.
   */
  captureContent?: boolean | null | undefined;
}

/**
 * A callback handler for LangChain.js and LangGraph that records runs as traces, or as steps of the `client.trace` that
 * is running. Pass it in `callbacks`, to a call or to a constructor. One handler serves any number of concurrent runs.
 *
 * It works with `@langchain/core` 0.3 and 1, and needs none of its classes.
 *
 * @example
 * ```ts
 * import { InfiniumClient } from 'infinium-o2';
 * import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
 *
 * const handler = new InfiniumCallbackHandler(new InfiniumClient());
 * await agent.invoke({ messages }, { callbacks: [handler] });
 * ```
 */
export declare class InfiniumCallbackHandler {
  /**
   * @param client gets a trace for each run that is not within a running trace. Default: the client of
   *   `infinium-o2/register`; without one, only runs within a running trace are recorded.
   * @param options what to record
   * @throws {ValidationError} `client` is not a client of this package, or an option has the wrong type
   */
  constructor(
    client?: InfiniumClient | AsyncInfiniumClient | null,
    options?: InfiniumCallbackHandlerOptions | null,
  );
  readonly name: string;
  /** True: LangChain waits for the handler, which does its work at once. */
  readonly awaitHandlers: boolean;
  readonly raiseError: boolean;
  readonly ignoreLLM: boolean;
  readonly ignoreChain: boolean;
  readonly ignoreAgent: boolean;
  readonly ignoreRetriever: boolean;
  readonly ignoreCustomEvent: boolean;
  /** @returns the same handler */
  copy(): this;
  // LangChain calls these methods.
  handleChainStart(...values: any[]): void;
  handleChainEnd(...values: any[]): void;
  handleChainError(...values: any[]): void;
  handleToolStart(...values: any[]): void;
  handleToolEnd(...values: any[]): void;
  handleToolError(...values: any[]): void;
  handleRetrieverStart(...values: any[]): void;
  handleRetrieverEnd(...values: any[]): void;
  handleRetrieverError(...values: any[]): void;
  handleChatModelStart(...values: any[]): void;
  handleLLMStart(...values: any[]): void;
  handleLLMNewToken(...values: any[]): void;
  handleLLMEnd(...values: any[]): void;
  handleLLMError(...values: any[]): void;
}

/**
 * Records every run of LangChain in this process, without a handler in its code. `infinium-o2/register` calls it.
 *
 * @returns what is wrong and what to do, if it cannot
 */
export declare function install(): string | undefined;
