import type { Frame, TraceScope } from '../../trace/context';
import { contentText } from '../../watch/content-text';
import { toMessage } from './content';
import type { Run } from './run';

/**
 * Calls of models that are under way, by their traces. LangChain asks its cache before it calls a model, in a function
 * that is over when the model is called: what calls it is then not within the frame of the call.
 */
const waiting = new WeakMap<TraceScope, Set<Run>>();

/** Longer texts are compared by their beginning, in code points. */
const MAX_COMPARED = 2_000;

export function wait(run: Run): void {
  const { scope } = run.frame;
  const runs = waiting.get(scope) ?? new Set();
  waiting.set(scope, runs.add(run));
}

export function waitNoMore(run: Run): void {
  waiting.get(run.frame.scope)?.delete(run);
}

/** What a watched client asks for the record of its call: that of the call under way with the same last message. */
class Waiting {
  constructor(private readonly runs: Run[]) {}

  take(request: any): unknown {
    const { messages, input, contents, prompt } = request ?? {};
    const text = lastText(messages ?? input ?? contents ?? prompt);
    const run = text === '' ? undefined : this.runs.find((each) => each.isAsking(text));
    return (run?.frame.call as { take(request: unknown): unknown } | undefined)?.take(request);
  }
}

/** Returns a frame in which a watched client finds the calls that it may make; undefined if there are none. */
export function frameWithWaiting(frame: Frame | undefined): Frame | undefined {
  const known = frame && waiting.get(frame.scope);
  if (!known) return undefined;
  const runs = [...known].filter((run) => run.frame.step === frame.step);
  return runs.length > 0 ? { ...frame, call: new Waiting(runs) } : undefined;
}

/** @param request messages, or a text */
export function lastText(request: unknown): string {
  const last = Array.isArray(request) ? toMessage(request.at(-1)) : request;
  return contentText((last as any)?.content ?? last, MAX_COMPARED).trim();
}
