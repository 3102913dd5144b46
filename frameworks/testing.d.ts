import type { ClientConfig, InfiniumClient, TaskData } from '../index';

/** A client for tests, and what it would have sent. */
export interface TestClient {
  /** A complete client that makes no requests. */
  client: InfiniumClient;
  /**
   * What the client has sent, in order: traces, and the tasks of `enqueue`, `sendTask`, `sendTaskData` and batches. They
   * are as the platform would get them: after `beforeSend`, `redact`, `environment` and the checks of fields. Documented
   * fields have the names of `TaskData`. `await client.flush()` makes sure that all are there.
   */
  traces: TaskData[];
  /** Empties `traces`. */
  clear(): void;
}

/**
 * Makes a client for tests. It needs no credentials, opens no connection, and accepts what a real client accepts. It has
 * no prompts and no interpretations: those calls reject with `NotFoundError`.
 *
 * @param config options of a client. `baseUrl` and `spoolDir` have no effect. Defaults that differ:
 *   `enableRateLimiting: false`, `quiet: true`, `exitTimeout: 0`, and `enabled: true` whatever the environment says.
 * @throws {ConfigurationError} an option is wrong
 *
 * @example
 * ```ts
 * const { client, traces } = createTestClient();
 * await myAgent(client);
 * await client.flush();
 * expectTrace(traces[0]).toHaveCalledTool('search');
 * ```
 */
export declare function createTestClient(config?: ClientConfig | null): TestClient;

/** What can be expected of a trace. `R` is what an expectation returns. */
export interface TraceExpectations<R = void> {
  /** One of its steps is a call of the tool. */
  toHaveCalledTool(name: string): R;
  /** One of its calls was answered by the model. */
  toHaveUsedModel(model: string): R;
  /** Its calls have read and written fewer tokens in all. */
  toHaveTokensBelow(limit: number): R;
  /** It has no errors. Steps may have some: an agent may have recovered from them. */
  toHaveSucceeded(): R;
}

/**
 * Says what is expected of a trace. An expectation that is not met throws an `AssertionError` of `node:assert`, which
 * every test runner shows.
 *
 * @throws {TypeError} `trace` is not a trace, for example because nothing was sent; or an expectation is of nothing, as
 *   `toHaveCalledTool(undefined)` is
 */
export declare function expectTrace(
  trace: TaskData | undefined,
): TraceExpectations & { not: TraceExpectations };

/**
 * The same expectations as matchers for `expect.extend` of Jest and Vitest. Their types are known to the global `expect`
 * of `@types/jest`, and to Vitest's. For `@jest/globals`, add:
 *
 * ```ts
 * declare module 'expect' {
 *   interface Matchers<R> extends import('infinium-o2/testing').TraceExpectations<R> {}
 * }
 * ```
 *
 * @example
 * ```ts
 * expect.extend(matchers);
 * expect(traces[0]).toHaveCalledTool('search');
 * ```
 */
export declare const matchers: Record<
  keyof TraceExpectations,
  (received: unknown, ...values: any[]) => { pass: boolean; message: () => string }
>;

// Neither Jest nor Vitest need be installed: without them, nothing uses these types.
declare global {
  namespace jest {
    // Jest's matchers. All declarations of an interface have the same parameters.
    // biome-ignore lint/complexity/noBannedTypes: as Jest declares it
    interface Matchers<R, T = {}> extends TraceExpectations<R> {}
  }
  namespace Chai {
    // Vitest's assertions have what Chai's have.
    interface Assertion extends TraceExpectations {}
  }
}
