import type { CallFacts } from '../../trace/call-facts';
import type { CallRecord } from '../../trace/call-record';
import { type Frame, ownFrame, run } from '../../trace/context';
import { OpenCall } from '../../watch/open-call';
import { type Convert, previewInput, previewText } from '../../watch/preview';
import type { Content } from './content';
import { Secret, type SecretOptions } from './secret';
import { remember } from './shown-error';

/** What begins a model call. */
export interface CallOptions extends SecretOptions {
  action?: 'llm_call' | 'embedding';
}

/**
 * A call of a language model that a framework reports. If a watched client makes the call within `frame`, both are one
 * record.
 */
export class ModelCall {
  /** What runs inside of the call. */
  readonly frame: Frame;
  /** The frame of ours in which it began. */
  readonly outer = ownFrame();
  readonly content: Content;
  /** For what follows an answer as it follows those of watched clients. */
  readonly record: CallRecord;
  readonly #open: OpenCall;
  #isOver = false;

  constructor(outer: Frame, content: Content, facts: CallFacts, options: CallOptions) {
    const { scope, step } = outer;
    // An error may repeat the request as well as the answer.
    const secret = content.input && content.output ? undefined : new Secret(options);
    this.content = content;
    this.record = scope.startCall(facts, secret, step ?? null);
    if (secret) remember(scope, secret);
    const { action = 'llm_call' } = options;
    this.record.action = action;
    if (action === 'embedding') this.record.update({ purpose: action });
    this.#open = new OpenCall(this.record);
    this.frame = { scope, step, call: this.#open };
  }

  /** Whether a watched client makes the call, and so records what it uses. */
  get isWatched(): boolean {
    return this.#open.taken;
  }

  /** Runs a function within the call. */
  run<T>(fn: () => T): T {
    return run(this.frame, fn);
  }

  /** The answer has begun: what runs in the frame from now on is another call. */
  answered(): void {
    this.#open.hasReturned(undefined);
  }

  /** Milliseconds since the call began. */
  get elapsedMs(): number {
    return this.record.elapsedMs();
  }

  /** The framework reports the cost of a whole run, of which this call is a part. See `Operation.addCost`. */
  payByRun(): void {
    this.record.isPaidByRun = true;
  }

  update(facts: CallFacts): void {
    // A watched client has recorded an attempt that failed, and records the next ones as calls of their own.
    if (!this.record.error) this.record.update(facts);
  }

  /** Shows what goes in: messages, or a text. It is recorded only if content is. See `previewInput`. */
  setInput(input: unknown, system?: unknown, convert?: Convert): void {
    if (!this.content.input) return;
    try {
      this.record.update({ inputPreview: previewInput(input, system, convert) });
    } catch {
      // Unreadable content is not shown.
    }
  }

  /** The same for the text of the answer. */
  setOutput(text: string | undefined): void {
    if (this.content.output && text) this.update({ outputPreview: previewText(text) });
  }

  /** Says what an error of what surrounds the call must not repeat, unless content is recorded: the answer. */
  keepSecret(answer: unknown): void {
    const { input, output } = this.content;
    if (!input || !output) remember(this.frame.scope, answer);
  }

  /**
   * Ends the call. Only the first call counts.
   *
   * @param ending the last facts, the error if it failed, and the duration by the clock of another
   */
  end(ending: { facts?: CallFacts; error?: unknown; durationMs?: number } = {}): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.answered();
    if (ending.facts) this.update(ending.facts);
    if ('error' in ending) this.record.fail(ending.error);
    this.record.end();
    if (ending.durationMs !== undefined) this.record.lasted(ending.durationMs);
  }
}
