import { AsyncLocalStorage } from 'node:async_hooks';
import type { PromptUse } from '../../index';
import { invalid } from '../bridge/invalid';
import { MAX_PROMPTS, MAX_STEPS } from '../bridge/limits';
import { onePerProcess } from '../bridge/one-per-process';
import { monotonic } from '../bridge/time';
import type { Arrangement } from './arrange';
import type { CallFacts } from './call-facts';
import { CallRecord, type SecretRequest } from './call-record';
import { Delivered } from './delivered';
import type { AnyFunction } from './function';
import { noOverrides, type Overrides } from './overrides';
import { note, StepContext } from './step';
import { type AskedBy, findAsking } from './tool-requests';

/** How a trace treats the content of its steps. */
export interface ScopeSettings {
  captureInput: boolean;
  captureOutput: boolean;
  /** The multiple of their limits at which texts are kept, because they are redacted before they are cut. */
  headroom: number;
}

const DEFAULT_SETTINGS: ScopeSettings = { captureInput: true, captureOutput: true, headroom: 1 };

/** What runs in an asynchronous context: a trace, and the step of it that is under way. */
export interface Frame {
  readonly scope: TraceScope;
  /** The number of the step. Undefined directly under the trace. */
  readonly step: number | undefined;
  /** The call of a watched method within which this runs, if there is one. */
  readonly call?: object;
}

/** An operation of a framework that runs here. */
export interface Located {
  readonly frame: Frame;
  /** The frame of ours in which the operation began. Another one that runs now is within the operation. */
  readonly outer: Frame | undefined;
}

/** Asks a framework which of its operations runs here. It must not throw, nor call anything of this module. */
export type Locate = () => Located | undefined;

/**
 * All copies of this package have it in common: a call that one of them watches belongs to the trace of another. The
 * storage is made when it is first needed, because it makes promises slower.
 */
const running = onePerProcess(
  'running',
  () => ({}) as { storage?: AsyncLocalStorage<Frame | undefined>; locate?: Locate[] },
);

/** The number of the first step after the one for the function itself. */
const FIRST_STEP = 2;

/** Records one call of a traced function. Its methods never throw. */
export class TraceScope {
  /** LLM calls, and the steps of the user's own, in the order in which they started. */
  steps: (CallRecord | StepContext)[] = [];
  prompts: PromptUse[] = [];
  settled = false;
  /** When the trace began, in milliseconds of the monotonic clock. */
  readonly started = monotonic();
  /** How long it has taken, in milliseconds. */
  durationMs = 0;
  /** Who has recorded all of it, if that was not this package: such a trace is not exported to where it came from. */
  origin: 'otel' | undefined;
  /** Called once before the trace settles. It may still add to the steps, and returns their order. */
  whenSettling: (() => Arrangement) | undefined;
  arrangement: Arrangement | undefined;
  /** US dollars that frameworks have reported for whole runs. */
  reportedCost: number | undefined;
  /** Content that errors must not repeat, for as long as the trace is under way. */
  secrets: unknown[] | undefined;
  #overrides: Overrides | undefined;
  #delivered: Delivered | undefined;

  constructor(readonly settings = DEFAULT_SETTINGS) {}

  /** The number that the next step gets. */
  private get nextNumber(): number {
    return this.steps.length + FIRST_STEP;
  }

  /**
   * @param secret the sent request, if the trace must not repeat it
   * @param parent the number of the step that makes the call, null for none. Default: the step that runs here.
   */
  startCall(
    facts: CallFacts,
    secret?: SecretRequest,
    parent: number | null = this.runningStep(),
  ): CallRecord {
    const call = new CallRecord(this, secret);
    call.parentStep = parent ?? undefined;
    call.update(facts);
    if (!this.settled && this.steps.length < MAX_STEPS) this.steps.push(call);
    return call;
  }

  /**
   * Starts a step of the user's own. One too many is not recorded.
   *
   * @param parent as for calls
   */
  startStep(
    action: string,
    description: string,
    parent: number | null = this.runningStep(),
  ): StepContext {
    const step = new StepContext(this.nextNumber, action, description, this.settings);
    if (parent !== null) note(step, { parent_step: parent });
    if (!this.settled && this.steps.length < MAX_STEPS) this.steps.push(step);
    return step;
  }

  /**
   * Returns what the step of a tool knows of the model that has asked for it: the id of its request, and the number of
   * the LLM call.
   *
   * @param by the id of the request, if it is known (then no other one will do), and the step that the tool belongs to,
   *   null for none: its calls are looked at first, because several agents may have requests of one id
   */
  answerRequest(
    tool: string,
    args: unknown[],
    by: AskedBy = {},
  ): Record<string, unknown> | undefined {
    const calls: CallRecord[] = [];
    for (let index = this.steps.length - 1; index >= 0; index -= 1) {
      const step = this.steps[index];
      if (step instanceof CallRecord && step.facts.toolRequests) calls.push(step);
    }
    const found = calls.length > 0 ? findAsking(calls, tool, args, by) : undefined;
    if (!found) return undefined;
    found.request.isAnswered = true;
    return {
      tool_call_id: found.request.id,
      requested_by_step: this.steps.indexOf(found.call) + FIRST_STEP,
    };
  }

  recordPrompt(prompt: Omit<PromptUse, 'source'>): void {
    if (this.settled || this.prompts.length >= MAX_PROMPTS) return;
    try {
      this.prompts.push({ ...prompt, source: 'prompt_studio' });
    } catch {
      // An unreadable prompt is not recorded.
    }
  }

  /** What the user has said about the trace, if anything. */
  get given(): Overrides | undefined {
    return this.#overrides;
  }

  /** The same, to be added to. */
  overrides(): Overrides {
    this.#overrides ??= noOverrides();
    return this.#overrides;
  }

  /** The outcome of sending the trace. It is followed only if this is called before the trace is over. */
  delivered(): Delivered {
    this.#delivered ??= new Delivered();
    return this.#delivered;
  }

  get isFollowed(): boolean {
    return this.#delivered !== undefined;
  }

  /** Ends the trace: the function has returned or thrown. Later events are ignored. */
  settle(): void {
    try {
      this.arrangement = this.whenSettling?.();
    } catch {
      // The steps keep the order in which they were added.
    }
    for (const step of this.steps) step.end();
    this.secrets = undefined;
    this.settled = true;
  }

  /** The number of the step that runs here. */
  private runningStep(): number | null {
    const frame = currentFrame();
    return (frame?.scope === this ? frame.step : undefined) ?? null;
  }
}

/** Returns what runs in this asynchronous context. Its trace may be over. */
export function currentFrame(): Frame | undefined {
  const frame = running.storage?.getStore();
  let innermost: Frame | undefined;
  for (const locate of running.locate ?? []) {
    const found = locate();
    if (!found || found.outer !== frame || found.frame.scope.settled) continue;
    // One framework may run within another one. All that is found surrounds what runs here.
    if (!innermost || isWithin(found.frame, innermost)) innermost = found.frame;
  }
  return innermost ?? frame;
}

/** Whether the first of two frames that surround the same code is the inner one: its step began later. */
function isWithin(frame: Frame, other: Frame): boolean {
  if (frame.scope !== other.scope) return frame.scope.started > other.scope.started;
  const [step = 0, otherStep = 0] = [frame.step, other.step];
  return step === otherStep ? frame.call !== undefined && !other.call : step > otherStep;
}

/** Returns what runs here by the asynchronous context alone: what an operation of a framework begins in. */
export function ownFrame(): Frame | undefined {
  return running.storage?.getStore();
}

/** Adds a framework that keeps a context of its own. */
export function addLocate(locate: Locate): void {
  running.locate = [...(running.locate ?? []), locate];
}

/** Returns the innermost running trace of this asynchronous context, if there is one. */
export function current(): TraceScope | undefined {
  const scope = currentFrame()?.scope;
  return scope && !scope.settled ? scope : undefined;
}

/** Runs a function, and all asynchronous work that it starts, within a frame. */
export function run<T>(frame: Frame | undefined, fn: () => T): T {
  running.storage ??= new AsyncLocalStorage();
  return running.storage.run(frame, fn);
}

/** Returns a function that runs in the context where it was bound, wherever it is called. */
export function bind<F extends AnyFunction>(fn: F): F {
  if (typeof fn !== 'function') invalid('fn', `must be a function (got ${typeof fn})`);
  const frame = currentFrame();
  return function bound(this: unknown, ...args: unknown[]): unknown {
    return run(frame, () => Reflect.apply(fn, this, args));
  } as F;
}

/**
 * Begins a frame, for code that calls a function of the user itself: unlike `run`, this adds nothing to the stack.
 *
 * @returns what `leave` restores
 */
export function enter(frame: Frame): Frame | undefined {
  running.storage ??= new AsyncLocalStorage();
  const outer = running.storage.getStore();
  running.storage.enterWith(frame);
  return outer;
}

/** Ends the frame that `enter` began. */
export function leave(outer: Frame | undefined): void {
  running.storage?.enterWith(outer);
}
