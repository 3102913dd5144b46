import type { ApiResponse, SendAllFailure, SendAllOutcome, SendAllResult } from '../../index';
import { Aborted, listen } from '../bridge/abort';
import { readAborted } from '../bridge/calls';
import { BatchError, InfiniumError } from '../bridge/errors';
import { atCaller, type Method } from '../bridge/failure';
import { handleOf } from '../bridge/handle';
import { MAX_KEPT_FAILURES, MAX_UNANSWERED } from '../bridge/limits';
import { emit } from '../bridge/logging';
import { settingsOf } from '../bridge/settings';
import { warnOfUnknown } from '../bridge/unknown-options';
import { readSendAllOptions, SEND_ALL_OPTIONS } from './arguments';
import { runBatch } from './batch';
import { checkTask } from './disabled';
import { type Item, openSource, type TaskSource } from './task-source';
import { nameOf } from './tasks';

/** A disabled client settles tasks at once. After this number of them, timers and signals get their turn. */
const TURN = 100;

/** Sends the tasks of an iterable. Each is read when there is room for it, and is a batch of its own. */
export async function sendAll(
  client: object,
  tasks: unknown,
  options: unknown,
  method: Method,
): Promise<SendAllResult> {
  const { signal, concurrency, onResult } = readSendAllOptions(options);
  const { quiet, maxConcurrency } = settingsOf(client);
  if (!quiet) warnOfUnknown(options, SEND_ALL_OPTIONS);
  const run = new Run({ client, method, signal, onResult });
  const source = openSource(tasks);
  const aborted = readAborted(signal);
  if (aborted) run.stop(aborted);
  const unlisten = listen(signal, undefined, (reason) => run.stop(reason));
  try {
    await run.read(source, Math.min(concurrency ?? maxConcurrency, maxConcurrency));
  } finally {
    unlisten();
  }
  return run.conclude();
}

interface RunSetup {
  client: object;
  method: Method;
  signal: ReturnType<typeof readSendAllOptions>['signal'];
  onResult: ((outcome: SendAllOutcome) => unknown) | undefined;
}

/** What one task has come to. */
interface Settled {
  response: ApiResponse;
  /** The line about a failure that a batch of this task has. */
  line?: string | undefined;
  /** Whether the signal has cancelled it, so that it has no result. */
  cancelled?: boolean;
  /** Why sending more is pointless; undefined for another answer. */
  stops?: 'refused' | 'unanswered' | undefined;
}

/** One call of `sendAll`. */
class Run {
  readonly #setup: RunSetup;
  /** Where the call was made: errors of tasks arrive when nobody awaits that task alone. */
  readonly #caller: string;
  readonly #failures: { failure: SendAllFailure; line: string }[] = [];
  #total = 0;
  #successful = 0;
  #failed = 0;
  /** Tasks that are not settled. */
  #open = 0;
  /** Tasks in a row without an answer, since the last success. */
  #unanswered = 0;
  #stoppedBy: { cause: unknown; isCall: boolean } | undefined;
  /** Continues what waits for a task to settle, or for the end. */
  #wake: (() => void) | undefined;

  constructor(setup: RunSetup) {
    this.#setup = setup;
    const here: { stack?: string } = {};
    Error.captureStackTrace?.(here, setup.method);
    this.#caller = here.stack?.replace(/^.*/, '') ?? '';
  }

  /** @param cause an `Aborted`, or the error that makes it pointless to go on */
  stop(cause: unknown, isCall = false): void {
    this.#stoppedBy ??= { cause, isCall };
    this.#wake?.();
  }

  /** Reads and sends until the source is exhausted or this is stopped, and waits for all that was started. */
  async read(source: TaskSource, concurrency: number): Promise<void> {
    const isDisabled = !settingsOf(this.#setup.client).enabled;
    let ended = false;
    while (!ended && !this.#stoppedBy) {
      if (this.#open >= concurrency) {
        await this.#change();
        continue;
      }
      const item = await this.#next(source);
      ended = item?.done ?? false;
      if (!item || ended || this.#stoppedBy) continue;
      void this.#send(this.#total, item.value);
      this.#total += 1;
      if (isDisabled && this.#total % TURN === 0) await new Promise(setImmediate);
    }
    if (!ended) source.close();
    while (this.#open > 0) await this.#change();
  }

  /** Resolves to undefined if this is stopped before there is a task. */
  async #next(source: TaskSource): Promise<Item | undefined> {
    try {
      const item = source.next();
      if (!(item instanceof Promise)) return item;
      // Not `Promise.race`: the promise that lasts would keep a reaction for each task.
      return await new Promise((resolve, reject) => {
        this.#wake = () => {
          if (this.#stoppedBy) resolve(undefined);
        };
        item.then(resolve, reject);
      });
    } catch (error) {
      this.stop(error);
      return { done: true, value: undefined };
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #send(index: number, task: any): Promise<void> {
    this.#open += 1;
    try {
      const settled = await this.#settle(task);
      this.#count(index, task, settled);
      if (!settled.cancelled) await this.#report({ index, task, response: settled.response });
    } catch (error) {
      // The client cannot send: it is closed.
      this.#failed += 1;
      this.stop(error, true);
    }
    this.#open -= 1;
    this.#wake?.();
  }

  async #settle(task: unknown): Promise<Settled> {
    const { client, method, signal } = this.#setup;
    if (!settingsOf(client).enabled) return settleDisabled(client, task, method);
    const settings = { total: 1, concurrent: false, method, signal };
    const { result, stoppedBy } = await runBatch(client, [task], settings);
    const response = result.results[0] as ApiResponse;
    const line = result.errors[0];
    if (!stoppedBy) return { response, line };
    if (stoppedBy.kind === 'cancelled') return { response, line, cancelled: true };
    // A batch of one task stops for each task without an answer.
    const isNetwork = stoppedBy.kind === 'network' || stoppedBy.kind === 'timeout';
    return { response, line, stops: isNetwork ? 'unanswered' : 'refused' };
  }

  #count(index: number, task: any, { response, line = '', stops }: Settled): void {
    const { success, error } = response;
    if (success) {
      this.#successful += 1;
      this.#unanswered = 0;
      return;
    }
    if (error) error.stack = `${error}${this.#caller}`;
    this.#failed += 1;
    if (this.#failures.length < MAX_KEPT_FAILURES) {
      const name = nameOf([task], 0);
      const failure = { index, ...(name === undefined ? {} : { name }), error: error! };
      this.#failures.push({ failure, line: line.replace(/^Task 0/, `Task ${index}`) });
    }
    if (stops === 'unanswered') this.#unanswered += 1;
    if (stops === 'refused' || this.#unanswered >= MAX_UNANSWERED) this.stop(error);
  }

  async #report(outcome: SendAllOutcome): Promise<void> {
    try {
      await this.#setup.onResult?.(outcome);
    } catch (error) {
      const { toText } = require('../trace/read') as typeof import('../trace/read');
      emit('WARN', `onResult threw, sendAll continues: ${toText(error)}`);
    }
  }

  conclude(): SendAllResult {
    const sorted = this.#failures.sort((a, b) => a.failure.index - b.failure.index);
    const result = {
      totalTasks: this.#total,
      successfulTasks: this.#successful,
      failedTasks: this.#failed,
      failures: sorted.map(({ failure }) => failure),
    };
    if (!this.#stoppedBy) return result;
    const { cause, isCall } = this.#stoppedBy;
    // Like any other send of a client that is closed.
    if (isCall && result.successfulTasks + result.failures.length === 0) throw cause;
    const aborted = cause instanceof Aborted;
    const message =
      `sendAll stopped after ${result.successfulTasks} of the ${result.totalTasks} tasks that it read were delivered: ` +
      (aborted ? 'it was aborted by its signal' : textOf(cause));
    throw new BatchError(message, {
      ...result,
      errors: sorted.map(({ line }) => line),
      cause: atCaller(cause, this.#setup.method),
      statusCode: cause instanceof InfiniumError ? cause.statusCode : undefined,
    });
  }
}

function settleDisabled(client: object, task: unknown, method: Method): Settled {
  try {
    return { response: checkTask(handleOf(client), task) };
  } catch (caught) {
    const error = atCaller(caught, method) as InfiniumError;
    const { message, statusCode } = error;
    const name = nameOf([task], 0);
    const line = `Task 0${name === undefined ? '' : ` (${name})`}: ${message}`;
    return { response: { success: false, statusCode, message, error }, line };
  }
}

/** The message of an error of ours; the name of others says more. */
function textOf(error: unknown): string {
  if (error instanceof InfiniumError) return error.message;
  const { toText } = require('../trace/read') as typeof import('../trace/read');
  return toText(error);
}
