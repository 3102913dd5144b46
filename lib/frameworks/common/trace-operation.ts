import { MAX_INPUT_SUMMARY } from '../../bridge/limits';
import type { Frame } from '../../trace/context';
import { toSeconds } from '../../trace/duration';
import type { Recording } from '../../trace/recording';
import { summarize } from '../../trace/summarize';
import type { Content } from './content';
import { type Ending, Operation } from './operation';

/** A run that is a trace of its own. */
export class TraceOperation extends Operation {
  readonly frame: Frame;
  readonly #recording: Recording;

  /** What went in, which an error must not repeat. */
  #given: unknown;

  constructor(
    recording: Recording,
    content: Content,
    { input, metadata }: { input?: unknown; metadata?: Record<string, unknown> | undefined },
  ) {
    super(content);
    this.#recording = recording;
    this.#given = input;
    this.frame = recording.frame;
    if (metadata) this.addMetadata(metadata);
  }

  addMetadata(metadata: Record<string, unknown>): void {
    if (this.isOpen) Object.assign(this.frame.scope.overrides().metadata, metadata);
  }

  setInput(input: unknown): void {
    this.#given = input;
    if (!this.content.input || !this.isOpen) return;
    const inputSummary = summarize(input, MAX_INPUT_SUMMARY);
    Object.assign(this.frame.scope.overrides().fields, { inputSummary });
  }

  end(ending: Ending = {}): void {
    if (!this.isOpen) return;
    const { output, durationMs, metadata } = ending;
    if (metadata) this.addMetadata(metadata);
    if (durationMs !== undefined) {
      Object.assign(this.frame.scope.overrides().fields, { duration: toSeconds(durationMs) });
    }
    if ('error' in ending) this.#recording.fail(this.shown(ending.error, this.#given));
    else this.#recording.succeed(output);
  }
}
