import {
  AuthenticationError,
  type InfiniumClient,
  NetworkError,
  NotFoundError,
  type SendAllOutcome,
} from 'infinium-o2';
import { MAX_UNANSWERED } from '../../bridge/limits';
import type { Interrupt } from '../interrupt';
import { describe, type Failures } from './failures';
import type { Ledger } from './ledger';
import type { Line } from './lines';
import type { Progress } from './progress';
import { readLine } from './read-line';
import type { StateFile } from './state';

interface Setup {
  client: InfiniumClient;
  lines: AsyncIterable<Line>;
  ledger: Ledger;
  failures: Failures;
  progress: Progress;
  /** Undefined if nothing is remembered. */
  state: StateFile | undefined;
  interrupt: Interrupt;
}

/** A line whose task is under way, or got no answer. */
interface Open {
  line: number;
  task: unknown;
  error?: unknown;
}

/** Sends the tasks of a file. */
export class Sender {
  readonly #setup: Setup;
  /** By the index of `sendAll`. */
  readonly #open = new Map<number, Open>();
  #index = 0;
  /**
   * Tasks in a row without an answer. If the platform answers again, they failed. Otherwise everything stops, and the
   * next run sends them again.
   */
  #unanswered: Open[] = [];
  /** Why the sender has to stop: a file cannot be written. */
  #problem: unknown;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /** Returns why sending stopped early; undefined if it did not. @throws {Problem} if a file cannot be written */
  async run(): Promise<unknown> {
    const { client, interrupt, failures, state } = this.#setup;
    let stoppedBy: unknown;
    try {
      const options = { signal: interrupt.insisted, onResult: this.#receive };
      await client.sendAll(this.#tasks() as AsyncIterable<any>, options);
      // The last tasks got no answer, and the platform is not known to be down.
      if (!interrupt.asked.aborted) this.#settleUnanswered();
    } catch (error) {
      stoppedBy = (error as Error).cause ?? error;
    }
    if (this.#problem) throw this.#problem;
    if (!state) this.#giveUpOpen(stoppedBy);
    failures.close();
    await state?.close();
    return stoppedBy;
  }

  /** Reads tasks until the file ends or the user stops it. */
  async *#tasks(): AsyncGenerator<unknown> {
    const { lines, interrupt } = this.#setup;
    try {
      for await (const line of lines) {
        if (interrupt.asked.aborted || this.#isStuck()) return;
        const task = this.#begin(line);
        if (task) yield task;
        this.#setup.progress.advance(line.end);
      }
    } catch (error) {
      // Then reading was stopped, too.
      if (!interrupt.asked.aborted) throw error;
    }
  }

  /** Returns the task in a line; undefined if there is none to send. */
  #begin(line: Line): object | undefined {
    const { ledger } = this.#setup;
    if (!ledger.begin(line)) return undefined;
    const content = readLine(line.bytes);
    if (content.kind === 'task') {
      this.#open.set(this.#index, { line: line.number, task: content.task });
      this.#index += 1;
      return content.task;
    }
    if (content.kind === 'blank') ledger.settle(line.number, 'blank');
    else {
      const error = { name: 'SyntaxError', message: content.reason };
      this.#fail({ line: line.number, task: content.text, error });
    }
    return undefined;
  }

  #isStuck(): boolean {
    return this.#problem !== undefined || this.#setup.state?.problem !== undefined;
  }

  readonly #receive = ({ index, response }: SendAllOutcome): void => {
    const open = this.#open.get(index);
    if (!open || this.#isStuck()) return;
    const { error } = response;
    if (response.success) {
      this.#open.delete(index);
      this.#settle(open.line, 'sent');
      if (this.#unanswered.length < MAX_UNANSWERED) this.#settleUnanswered();
      return;
    }
    open.error = error;
    // The credentials or the agent are wrong, and not the task: it stays open, and everything stops.
    if (error instanceof AuthenticationError || error instanceof NotFoundError) return;
    if (error instanceof NetworkError) {
      this.#unanswered.push(open);
      return;
    }
    this.#open.delete(index);
    this.#fail(open);
  };

  #settleUnanswered(): void {
    const unanswered = this.#unanswered;
    this.#unanswered = [];
    for (const [index, open] of this.#open) if (unanswered.includes(open)) this.#open.delete(index);
    for (const open of unanswered) this.#fail(open);
  }

  /** Without a state, the lines that are not settled are failures, too. */
  #giveUpOpen(stoppedBy: unknown): void {
    const error = stoppedBy ?? new Error('stopped before there was an answer');
    for (const open of this.#open.values()) this.#fail({ error, ...open });
    this.#open.clear();
  }

  #fail({ line, task, error }: Open): void {
    try {
      this.#setup.failures.add({ line, error: describe(error), task });
      this.#settle(line, 'failed');
    } catch (problem) {
      this.#problem ??= problem;
    }
  }

  #settle(line: number, outcome: 'sent' | 'failed'): void {
    this.#setup.ledger.settle(line, outcome);
    this.#setup.state?.save();
    this.#setup.progress.advance();
  }
}
