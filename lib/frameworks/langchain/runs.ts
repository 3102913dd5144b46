import { onePerProcess } from '../../bridge/one-per-process';
import { type Frame, ownFrame } from '../../trace/context';
import { locateBy } from '../common';
import { runningRunId } from './context';
import { type Parts, Run, type RunEnding } from './run';
import { wait, waitNoMore } from './waiting';

/** Runs to remember. The oldest is ended if there are more: nobody may ever tell of its end. */
const MAX_RUNS = 10_000;
/** The number of the first step after the one for the traced function. */
const FIRST_STEP = 2;

/**
 * The runs that have begun and not ended, of all handlers and of all copies of this package: a run that two handlers
 * hear of is recorded by the first.
 */
const runs = onePerProcess('langchain-runs', () => new Map<string, Run>());

/** Ends runs whose stream nobody reads any longer: then the objects that LangChain keeps for them go away. */
const left = new FinalizationRegistry<string>((id) => finish(id, { isLeft: true }));

locateBy(() => {
  const run = runs.get(runningRunId() ?? '');
  if (!run) return undefined;
  const own = ownFrame();
  return own && isWithin(own, run) ? undefined : { frame: run.frame, outer: own };
});

export function find(id: string | undefined): Run | undefined {
  return id === undefined ? undefined : runs.get(id);
}

/** Whether a frame that runs here was begun within a run, such as that of `traceTool` in a node. */
export function isWithin(own: Frame, { frame, firstStep }: Run): boolean {
  if (own.scope.settled) return false;
  if (own.scope !== frame.scope || own.call !== undefined) return true;
  return own.step !== undefined && own.step >= firstStep;
}

/** @returns the number that the next step within a frame gets */
export function nextStep(frame: Frame | undefined): number {
  return (frame?.scope.steps.length ?? 0) + FIRST_STEP;
}

export interface Beginning {
  id: string;
  parent: Run | undefined;
  frame: Frame;
  firstStep: number;
  parts: Parts;
  /** An object that LangChain keeps until the run is over. */
  keptBy: unknown;
}

export function begin({ id, parent, frame, firstStep, parts, keptBy }: Beginning): Run {
  const run = new Run(id, parent, frame, firstStep, parts);
  runs.set(id, run);
  if (parts.call) wait(run);
  if (run.root !== run) run.root.open.add(run);
  else if (typeof keptBy === 'object' && keptBy !== null) left.register(keptBy, id, run);
  if (runs.size > MAX_RUNS) {
    const [oldest] = runs.values();
    finish(oldest.root.id, { isLeft: true });
    finish(oldest.id, { isLeft: true });
  }
  return run;
}

/** Ends a run. With a root, everything within it ends. */
export function finish(id: string, ending: RunEnding): void {
  const run = runs.get(id);
  if (!run) return;
  runs.delete(id);
  waitNoMore(run);
  run.root.open.delete(run);
  for (const inner of run.open) {
    runs.delete(inner.id);
    waitNoMore(inner);
    inner.end({ isLeft: true });
  }
  if (run.root === run) left.unregister(run);
  run.end(ending);
  run.touch();
}
