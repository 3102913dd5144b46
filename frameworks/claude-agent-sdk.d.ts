import type { AsyncInfiniumClient, InfiniumClient } from '../index';

/** The options of {@link watchQuery}. */
export interface WatchQueryOptions {
  /**
   * Gets a trace for each query that is not within a running trace. Default: the client of `infinium-o2/register`; without
   * one, only queries within a running trace are recorded.
   */
  client?: InfiniumClient | AsyncInfiniumClient | null | undefined;
  /**
   * Whether to record prompts, answers, and what goes in and comes out of tools. Default `false`, or `true` with
   * `INFINIUM_CAPTURE_CONTENT=1`.
   */
  captureContent?: boolean | null | undefined;
  /** The name of the traces. Default: the `agent` of the query, or `Claude Agent`. */
  name?: string | null | undefined;
}

/**
 * Records queries of the Claude Agent SDK: answers of the model, tools, subagents, and the reported cost. Each query is
 * a trace, or a step of the `client.trace` in which it begins.
 *
 * ```js
 * import * as sdk from '@anthropic-ai/claude-agent-sdk';
 * import { InfiniumClient } from 'infinium-o2';
 * import { watchQuery } from 'infinium-o2/claude-agent-sdk';
 *
 * const query = watchQuery(sdk.query, { client: new InfiniumClient() });
 * for await (const message of query({ prompt: 'Count the files here.' })) console.log(message);
 * ```
 *
 * @param query the function `query`, of which a watched one is returned; or a query that it has returned, which is
 *   observed from now on and stays the same object. Do not read it before.
 * @throws {ValidationError} `query` or an option is wrong
 */
export declare function watchQuery<
  T extends ((...params: never[]) => AsyncIterable<object>) | AsyncIterable<object>,
>(query: T, options?: WatchQueryOptions | null): T;
