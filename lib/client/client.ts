import type {
  ApiResponse,
  BatchResult,
  ClientStats,
  CurrentTrace,
  PromptContent,
  SendAllResult,
} from '../../index';
import { runtime } from '../bridge/backend';
import { startCall } from '../bridge/calls';
import { atCaller, type Method } from '../bridge/failure';
import { createHandle, handleOf, kHandle } from '../bridge/handle';
import { lazy } from '../bridge/lazy';
import { kLogs } from '../bridge/logging';
import { kSettings, settingsOf } from '../bridge/settings';
import { getCurrentIsoDatetime } from '../bridge/time';
import {
  readFlushTimeout,
  readSendOptions,
  readString,
  readVariables,
  readVersion,
  readWaitOptions,
} from './arguments';
import { readConfig } from './config';
import { sendOne } from './send';
import { readStats } from './stats';

// Loaded on first use: many programs do not need them, and tracing is a third of the package.
const background = lazy(() => require('../bridge/enqueue') as typeof import('../bridge/enqueue'));
const batches = lazy(() => require('./batch') as typeof import('./batch'));
const context = lazy(() => require('../trace/context') as typeof import('../trace/context'));
const disabled = lazy(() => require('./disabled') as typeof import('./disabled'));
const everything = lazy(() => require('./send-all') as typeof import('./send-all'));
const handles = lazy(
  () => require('../trace/current-trace') as typeof import('../trace/current-trace'),
);
const tracing = lazy(() => require('../trace/trace') as typeof import('../trace/trace'));

/** @param made the class that is constructed, where stack traces begin */
function open(config: unknown, made: Method) {
  try {
    const { handle, settings } = readConfig(config);
    return { handle: createHandle(handle), logs: handle.logLevel !== undefined, settings };
  } catch (error) {
    throw atCaller(error, made);
  }
}

/** The base of both clients. */
class Client {
  constructor(config?: unknown) {
    const { handle, logs, settings } = open(config, new.target);
    Object.defineProperties(this, {
      [kHandle]: { value: handle },
      [kLogs]: { value: logs },
      [kSettings]: { value: settings },
    });
    if (handle.native.exposed && settings.enabled) {
      process.emitWarning(
        'baseUrl uses plain http to another machine: anyone on the network path can read the agent secret and all ' +
          'traces. Use https.',
        { type: 'InfiniumWarning', code: 'INFINIUM_PLAIN_HTTP' },
      );
    }
  }

  get runtime(): 'native' | 'wasm' {
    return runtime;
  }

  async sendTask(fields: unknown, options?: unknown): Promise<ApiResponse> {
    try {
      return await sendOne(this, fields, options, getCurrentIsoDatetime());
    } catch (error) {
      throw atCaller(error, Client.prototype.sendTask);
    }
  }

  async sendTaskData(task: unknown, options?: unknown): Promise<ApiResponse> {
    try {
      return await sendOne(this, task, options);
    } catch (error) {
      throw atCaller(error, Client.prototype.sendTaskData);
    }
  }

  async sendAll(tasks: unknown, options?: unknown): Promise<SendAllResult> {
    const method = Client.prototype.sendAll;
    try {
      return await everything().sendAll(this, tasks, options, method);
    } catch (error) {
      throw atCaller(error, method);
    }
  }

  enqueue(task: unknown): boolean {
    try {
      return background().enqueue(this, task);
    } catch (error) {
      throw atCaller(error, Client.prototype.enqueue);
    }
  }

  stats(): ClientStats {
    return readStats(handleOf(this).native.stats());
  }

  async getInterpretedTaskResult(traceId: unknown, options?: unknown): Promise<ApiResponse> {
    try {
      const id = readString('traceId', traceId);
      if (!settingsOf(this).enabled) return disabled().disabledResponse();
      return await startCall<ApiResponse>(
        handleOf(this),
        (native, callId, abortable) => native.interpretation(callId, abortable, id),
        readSendOptions(options),
      );
    } catch (error) {
      throw atCaller(error, Client.prototype.getInterpretedTaskResult);
    }
  }

  /**
   * @param options or the timeout in milliseconds
   * @param interval the poll interval in milliseconds, after a timeout
   */
  async waitForInterpretation(
    traceId: unknown,
    options?: unknown,
    interval?: unknown,
  ): Promise<ApiResponse> {
    try {
      const id = readString('traceId', traceId);
      const { timeout, pollInterval, ...hooks } = readWaitOptions(options, interval);
      if (!settingsOf(this).enabled) return disabled().disabledResponse();
      const wait = { traceId: id, timeoutMs: timeout, pollIntervalMs: pollInterval };
      return await startCall<ApiResponse>(
        handleOf(this),
        (native, callId, abortable) => native.waitForInterpretation(callId, { abortable, ...wait }),
        hooks,
      );
    } catch (error) {
      throw atCaller(error, Client.prototype.waitForInterpretation);
    }
  }

  async getPrompt(
    promptId: unknown,
    promptKey: unknown,
    version?: unknown,
    variables?: unknown,
    options?: unknown,
  ): Promise<PromptContent> {
    try {
      const wanted = {
        promptId: readString('promptId', promptId),
        promptKey: readString('promptKey', promptKey),
        version: readVersion(version),
        variables: readVariables(variables),
      };
      if (!settingsOf(this).enabled) return disabled().noPrompt();
      const scope = context().current();
      const prompt = await startCall<PromptContent>(
        handleOf(this),
        (native, callId, abortable) => native.prompt(callId, { abortable, ...wanted }),
        readSendOptions(options),
      );
      scope?.recordPrompt({
        promptId: prompt.promptId,
        promptName: prompt.name,
        version: prompt.version,
        variablesUsed: wanted.variables ? Object.keys(wanted.variables) : null,
        fetchedAt: getCurrentIsoDatetime(),
      });
      return prompt;
    } catch (error) {
      throw atCaller(error, Client.prototype.getPrompt);
    }
  }

  trace(name: unknown, options?: unknown, fn?: unknown): any {
    try {
      return tracing().trace(this, name, options, fn);
    } catch (error) {
      throw atCaller(error, Client.prototype.trace);
    }
  }

  currentTrace(): CurrentTrace | undefined {
    return handles().currentTrace();
  }

  bind<F extends (...args: any[]) => any>(fn: F): F {
    try {
      return context().bind(fn);
    } catch (error) {
      throw atCaller(error, Client.prototype.bind);
    }
  }

  getCurrentIsoDatetime(): string {
    return getCurrentIsoDatetime();
  }

  async flush(options?: unknown): Promise<boolean> {
    try {
      const timeout = readFlushTimeout(options);
      return await startCall<boolean>(handleOf(this), (native, callId) =>
        native.flush(callId, timeout),
      );
    } catch (error) {
      throw atCaller(error, Client.prototype.flush);
    }
  }

  async close(options?: unknown): Promise<boolean> {
    try {
      const timeout = readFlushTimeout(options);
      return await startCall<boolean>(handleOf(this), (native, callId) =>
        native.close(callId, timeout),
      );
    } catch (error) {
      throw atCaller(error, Client.prototype.close);
    }
  }

  declare [Symbol.asyncDispose]: () => Promise<void>;
}

// Old versions of Node.js 18 do not have this symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(Client.prototype, Symbol.asyncDispose, {
    value: async function asyncDispose(this: Client): Promise<void> {
      await this.close();
    },
    configurable: true,
    writable: true,
  });
}

export class InfiniumClient extends Client {
  async sendBatch(tasks: unknown, options?: unknown): Promise<BatchResult> {
    const method = InfiniumClient.prototype.sendBatch;
    try {
      const settings = { concurrent: false, method };
      return await batches().sendBatch(this, tasks, options, settings);
    } catch (error) {
      throw atCaller(error, method);
    }
  }
}

export class AsyncInfiniumClient extends Client {
  async sendBatch(tasks: unknown, options?: unknown): Promise<BatchResult> {
    const method = AsyncInfiniumClient.prototype.sendBatch;
    try {
      const settings = { concurrent: true, method };
      return await batches().sendBatch(this, tasks, options, settings);
    } catch (error) {
      throw atCaller(error, method);
    }
  }

  async sendBatchSequential(tasks: unknown, options?: unknown): Promise<BatchResult> {
    const method = AsyncInfiniumClient.prototype.sendBatchSequential;
    try {
      const settings = { concurrent: false, method };
      return await batches().sendBatch(this, tasks, options, settings);
    } catch (error) {
      throw atCaller(error, method);
    }
  }
}
