import type { ErrorDetail } from '../../index';
import { lazy } from '../bridge/lazy';
import { REDACTION_HEADROOM } from '../bridge/limits';
import { nanoseconds } from '../bridge/time';
import { type CallFacts, mergeFacts } from './call-facts';
import { toErrorDetail } from './error-detail';
import { errorFacts } from './error-facts';

const errorContent = lazy(() => require('./error-content') as typeof import('./error-content'));

/** A request to a language model whose content the trace must not repeat. */
export interface SecretRequest {
  request: unknown;
}

export interface FailOptions {
  /** Whether the request may have been sent, and the error may therefore contain an answer. Default true. */
  sent?: boolean;
}

/** A language model call within a trace. Its methods never throw. */
export class CallRecord {
  facts: CallFacts = {};
  latencyNs: bigint | undefined;
  error: ErrorDetail | undefined;
  /** The number of the step that made the call. */
  parentStep: number | undefined;
  /** What kind of step the call is. */
  action: 'llm_call' | 'embedding' = 'llm_call';
  /** Called once when the call has ended. It must not throw. */
  onEnd: (() => void) | undefined;
  /** When it began, in nanoseconds of the monotonic clock. */
  started = nanoseconds();
  /** Whether its cost is part of what a framework reports for a whole run. */
  isPaidByRun = false;
  #trace: { readonly settled: boolean };
  #secret: SecretRequest | undefined;
  #ending: (() => void) | undefined;

  /**
   * @param trace after it is settled, the record does not change
   * @param secret the sent request, if the error must not repeat it
   */
  constructor(trace: { readonly settled: boolean }, secret?: SecretRequest) {
    this.#trace = trace;
    this.#secret = secret;
  }

  /** The error must not repeat this either, if there is something that it must not repeat. */
  alsoHides(request: unknown): void {
    if (this.#secret) this.#secret = { request: [this.#secret.request, request] };
  }

  /** Adds facts. Undefined values change nothing. */
  update(facts: CallFacts): void {
    if (this.#trace.settled) return;
    try {
      mergeFacts(this.facts, facts);
    } catch {
      // Unreadable facts are not recorded.
    }
  }

  /** The time since the call began, in milliseconds. */
  elapsedMs(): number {
    return Number(nanoseconds() - this.started) / 1e6;
  }

  /**
   * Calls a function once when the call ends or fails, or its trace settles: for facts that only the end needs, such
   * as those of a stream, so that its chunks cost little. It may call `update` and `fail`. Errors it throws are
   * ignored.
   */
  whenEnding(fn: () => void): void {
    this.#ending = fn;
  }

  /** Stops the clock. */
  end(): void {
    if (!this.#trace.settled) {
      const stopped = nanoseconds();
      this.#runEnding();
      this.latencyNs ??= stopped - this.started;
    }
    this.#secret = undefined;
    const { onEnd } = this;
    this.onEnd = undefined;
    onEnd?.();
  }

  /** Records the error, unless the call has ended, and stops the clock. */
  fail(error: unknown, { sent = true }: FailOptions = {}): void {
    if (this.#trace.settled || this.latencyNs !== undefined || this.error) return;
    const detail = toErrorDetail(error, REDACTION_HEADROOM);
    this.error = this.#secret
      ? errorContent().withoutContent(detail, error, { request: this.#secret.request, sent })
      : detail;
    this.update(errorFacts(error));
    this.end();
  }

  /** Sets the latency of a call that has ended, for those who have measured it themselves. */
  lasted(milliseconds: number): void {
    if (!this.#trace.settled) this.latencyNs = BigInt(Math.round(milliseconds * 1e6));
  }

  #runEnding(): void {
    const ending = this.#ending;
    this.#ending = undefined;
    try {
      ending?.();
    } catch {
      // Unreadable facts are not recorded.
    }
  }
}
