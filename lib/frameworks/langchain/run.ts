import { monotonic } from '../../bridge/time';
import type { CallFacts } from '../../trace/call-facts';
import type { Frame } from '../../trace/context';
import type { Ending, ModelCall, Operation } from '../common';

/** What a run of LangChain is recorded as. A hidden run has none of these. */
export interface Parts {
  /** The trace of a run that is not within another, if nobody else has begun one. */
  trace?: Operation;
  step?: Operation;
  call?: ModelCall;
  /** What the call asks, as a text. */
  asks?: () => string;
}

/** How a run ended. */
export interface RunEnding extends Ending {
  /** Whether nobody has told: the reader of a stream has left it. */
  isLeft?: boolean;
  /** What is known of the call of a model. */
  facts?: CallFacts;
}

/** A run of LangChain that has begun and not ended. */
export class Run {
  readonly id: string;
  /** The run that is within no other. */
  readonly root: Run;
  /** What runs inside of it. */
  readonly frame: Frame;
  /** The runs within it and its children that have not ended. Only a root has them. */
  readonly open = new Set<Run>();
  /** The first number that a step within it can have. */
  readonly firstStep: number;
  /** When it was last heard of. */
  last: number;
  readonly #started: number;
  #hasWritten = false;
  readonly #parts: Parts;

  constructor(id: string, parent: Run | undefined, frame: Frame, firstStep: number, parts: Parts) {
    this.id = id;
    this.root = parent?.root ?? this;
    this.frame = frame;
    this.firstStep = firstStep;
    this.#parts = parts;
    this.#started = monotonic();
    this.last = this.#started;
  }

  get call(): ModelCall | undefined {
    return this.#parts.call;
  }

  /** Whether the call of a model has not begun yet, as far as is known, and asks this. */
  isAsking(text: string): boolean {
    const { call, asks } = this.#parts;
    return call?.isWatched === false && asks?.() === text;
  }

  /** Notes that the model goes on writing. */
  heard(hasContent: () => boolean): void {
    this.touch();
    const { call } = this.#parts;
    if (!call || this.#hasWritten || !hasContent()) return;
    this.#hasWritten = true;
    call.update({ timeToFirstTokenMs: call.elapsedMs });
  }

  /** Notes that it goes on. */
  touch(): void {
    this.last = monotonic();
    this.root.last = this.last;
  }

  end({ isLeft, facts, ...ending }: RunEnding): void {
    const { trace, step, call } = this.#parts;
    // Whatever has ended without notice took until it was last heard of.
    if (isLeft && this.last > this.#started) ending.durationMs = this.last - this.#started;
    const { error, durationMs } = ending;
    call?.end({ facts, durationMs, ...('error' in ending ? { error } : {}) });
    step?.end(ending);
    trace?.end(ending);
  }
}
