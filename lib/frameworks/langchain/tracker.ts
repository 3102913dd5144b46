import { currentFrame, enter, type Frame, ownFrame } from '../../trace/context';
import { guard } from '../../watch/guard';
import { type ModelCall, type OperationOptions, type Recorder, StepOperation } from '../common';
import { frameOfBatch } from './batch';
import type { Parts, Run, RunEnding } from './run';
import { begin, find, finish, isWithin, nextStep } from './runs';
import { frameWithWaiting } from './waiting';

/** A run that begins. */
export interface Start {
  id: string;
  /** The id of the run that it is within, as LangChain says. */
  parentId: string | undefined;
  /** The id of the run of LangChain that runs here: a run that got callbacks of its own does not know that one. */
  aroundId: string | undefined;
  /** What LangChain knows of the run, in an object that it makes for this run alone. */
  metadata: any;
}

/** Where a run begins. */
export interface Place {
  /** The run that it is within. */
  readonly parent: Run | undefined;
  /** The frame of a trace that is under way. */
  readonly frame: Frame | undefined;
}

/** What else is known of the trace of a run that is within no other. */
interface TraceFacts {
  name: string;
  input?: unknown;
  session?: string;
}

/** Turns the runs of LangChain into traces, steps and model calls. Its methods never throw. */
export class Tracker {
  readonly recorder: Recorder;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
  }

  /**
   * @param describe says which step the run is; undefined if it is hidden
   */
  begin(
    start: Start,
    describe: (place: Place) => (OperationOptions & { session?: string }) | undefined,
  ): void {
    let isLookup = false;
    const run = this.#begin(start, (place) => {
      const options = describe(place);
      if (!options) return {};
      isLookup = options.action === 'retrieval';
      if (place.frame) return { step: this.#step(place.frame, options) };
      const trace = this.recorder.start(options);
      // A chain is the trace itself. Anything else is a step of it.
      const isChain = options.action === 'agent' || options.action === 'chain';
      return trace && { trace, step: isChain ? undefined : this.#step(trace.frame, options) };
    });
    // LangChain calls what a tool or a chain consists of within a context of its own, but not a retriever or a model.
    if (run && isLookup) enterHere(run.frame);
  }

  /**
   * Begins a call of a model. What it calls may be a watched client: both are one record.
   *
   * @param batch the same for all calls of a batch
   * @param asks returns what the call asks, as a text
   */
  beginCall(
    start: Start,
    trace: () => TraceFacts,
    batch: unknown,
    call: (frame: Frame) => ModelCall,
    asks: () => string,
  ): void {
    const run = this.#begin(start, ({ frame }) => {
      if (frame) return { call: call(frame), asks };
      const root = this.recorder.start(trace());
      return root && { trace: root, call: call(root.frame), asks };
    });
    if (run) enterHere(guard(() => frameOfBatch(batch, run.frame)) ?? run.frame);
  }

  /** LangChain is about to call a model here. Unless it does so within the frame of the call, a cache was asked before. */
  callsModel(): void {
    guard(() => {
      if (ownFrame()?.call) return;
      const frame = frameWithWaiting(currentFrame());
      if (frame) enterHere(frame);
    });
  }

  end(id: string, ending: (run: Run) => RunEnding): void {
    const run = find(id);
    if (run) finish(id, guard(() => ending(run)) ?? {});
  }

  #step({ scope, step }: Frame, options: OperationOptions): StepOperation {
    const { content } = this.recorder;
    return new StepOperation({ scope, parent: step ?? null, outer: undefined, content, options });
  }

  #begin(start: Start, make: (place: Place) => Parts | undefined): Run | undefined {
    return guard(() => {
      const { id, metadata } = start;
      if (find(id)) return undefined;
      const place = placeOf(start);
      const firstStep = nextStep(place.frame);
      const parts = make(place);
      const frame = (parts?.call ?? parts?.step ?? parts?.trace)?.frame ?? place.frame;
      if (!parts || !frame) return undefined;
      return begin({ id, parent: place.parent, frame, firstStep, parts, keptBy: metadata });
    });
  }
}

/**
 * What runs next in this asynchronous function is within the run. It is the function of LangChain that calls the model:
 * it has awaited something before, so that its own caller is not affected.
 */
function enterHere(frame: Frame): void {
  // Some runtimes cannot do this. Watched clients then record the calls of models once more.
  guard(() => enter(frame));
}

function placeOf({ parentId, aroundId }: Start): Place {
  const parent = find(parentId) ?? find(aroundId);
  const own = currentFrame();
  const running = own && !own.scope.settled ? own : undefined;
  if (!parent) return { parent, frame: running };
  return { parent, frame: running && isWithin(running, parent) ? running : parent.frame };
}
