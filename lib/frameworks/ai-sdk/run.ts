import { monotonic } from '../../bridge/time';
import type { CallFacts } from '../../trace/call-facts';
import { toErrorDetail } from '../../trace/error-detail';
import { ModelAnswer } from '../../watch/ai-sdk-answer';
import { guard } from '../../watch/guard';
import { reportTo } from '../../watch/reader';
import { followStream } from '../../watch/stream';
import { isWebStream } from '../../watch/web-stream';
import type { Ending, ModelCall, Operation } from '../common';
import { errorOfRun } from './errors';

/** What goes into a call of a model. It is read only if it may be recorded, or if an error may repeat it. */
export interface Request {
  /** Messages, or values to embed. */
  readonly input?: unknown;
  readonly instructions?: unknown;
}

/** One call of a function of the SDK, such as `generateText`, with all calls of models and tools that it makes. */
export class Run {
  readonly operation: Operation;
  readonly #calls: ModelCall[] = [];
  readonly #tools = new Map<string, Operation>();
  readonly #ended: (run: Run) => void;
  #output: unknown;
  #isOver = false;
  #isTied = false;
  readonly #started = monotonic();
  /** When it was last heard of. */
  #last = this.#started;

  constructor(operation: Operation, ended: (run: Run) => void = () => {}) {
    this.operation = operation;
    this.#ended = ended;
  }

  /**
   * Ends the run when an object is collected that whatever may continue it refers to: streams that nobody reads to their
   * end are told to nobody.
   */
  tieTo(token: object): void {
    this.#isTied = true;
    left.register(token, { run: this }, this);
  }

  startCall(facts: CallFacts, request: Request, action?: 'embedding'): ModelCall {
    const call = this.operation.startCall(facts, { request, action });
    if (call.content.input) call.setInput(request.input, request.instructions);
    this.#calls.push(call);
    this.#touch();
    return call;
  }

  /** Notes that it goes on. */
  #touch(): void {
    this.#last = monotonic();
  }

  /** @param input the arguments, if they may be recorded */
  startTool(name: string, toolCallId: string, input: unknown): Operation {
    const tool = this.operation.start({ action: 'tool_call', name, input, toolCallId });
    this.#tools.set(toolCallId, tool);
    this.#touch();
    return tool;
  }

  tool(toolCallId: string): Operation | undefined {
    return this.#tools.get(toolCallId);
  }

  endTool(toolCallId: string, ending: Ending): void {
    this.#touch();
    this.#tools.get(toolCallId)?.end(ending);
    this.#tools.delete(toolCallId);
  }

  /**
   * Reads what a model has answered: all of it, or a stream. The stream stays the same object.
   *
   * @param captureContent whether its text may be recorded
   * @param broken is told of a stream that fails
   */
  follow(
    call: ModelCall,
    result: any,
    captureContent = call.content.output,
    broken?: (error: unknown) => void,
  ): void {
    const { record, isWatched } = call;
    call.answered();
    const answer = new ModelAnswer(record, { captureContent });
    const stream = result?.stream;
    if (!isWebStream(stream)) {
      answer.whole(result);
      const { outputPreview, ...facts } = answer.facts();
      // What watches the client knows the answer best.
      call.update(isWatched ? { outputPreview } : { ...facts, outputPreview });
      call.end();
      return;
    }
    if (!this.#isTied) left.register(stream, { run: this, call }, this);
    if (!isWatched) reportTo(record, answer);
    const outcome = {
      end() {
        record.end();
        // What watches the client may not record the text.
        if (isWatched) record.update({ outputPreview: answer.facts().outputPreview });
      },
      fail(error: unknown) {
        record.fail(error);
        broken?.(error);
      },
    };
    followStream(stream, outcome, (part) => {
      this.#touch();
      if (!isWatched || part?.type === 'text-delta') answer.chunk(part);
    });
  }

  /** Keeps what came out, for `end`. */
  succeed(output: unknown): void {
    this.#output = output;
  }

  /** Ends a run that nobody continues: nobody has told its end, so it took until it was last heard of. */
  leave(): void {
    const since = monotonic() - this.#last;
    for (const call of this.#calls) {
      if (call.record.latencyNs === undefined) call.end({ durationMs: call.elapsedMs - since });
    }
    this.end({ durationMs: this.#last - this.#started });
  }

  /** Ends the run, and whatever it has not ended. Only the first call counts. */
  end({ durationMs, ...ending }: { error?: unknown; durationMs?: number } = {}): void {
    if (this.#isOver) return;
    this.#isOver = true;
    left.unregister(this);
    this.#ended(this);
    for (const tool of this.#tools.values()) tool.end(ending);
    for (const call of this.#calls) call.end(ending);
    const last = this.#calls.at(-1)?.record;
    // The stream of an aborted run may have been cancelled before.
    if ('error' in ending && last?.facts.finishReason === undefined) {
      const { error } = ending;
      if (last) last.error ??= toErrorDetail(errorOfRun(error, undefined, this.operation.content));
    }
    const failed = 'error' in ending || last?.error !== undefined;
    const error = errorOfRun(ending.error, last?.error, this.operation.content);
    this.operation.end({ durationMs, ...(failed ? { error } : { output: this.#output }) });
  }
}

/** Ends what was left. A stream that was read to its end says nothing of the run. */
const left = new FinalizationRegistry<{ run: Run; call?: ModelCall }>(({ run, call }) => {
  if (call?.record.latencyNs === undefined) guard(() => run.leave());
});
