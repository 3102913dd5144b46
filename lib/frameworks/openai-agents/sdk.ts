// What is used of the OpenAI Agents SDK, by its shape: the package is not loaded from here.
import type { AsyncLocalStorage } from 'node:async_hooks';

/** One run of a workflow, as the SDK traces it. */
export interface SdkTrace {
  readonly traceId: string;
  readonly name: string;
  readonly groupId?: string | null;
  readonly metadata?: Record<string, unknown>;
}

/** One operation of a run. Its data is filled in while it runs. */
export interface SdkSpan {
  readonly spanId: string;
  readonly traceId: string;
  readonly parentId: string | null;
  readonly spanData: Record<string, any>;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: { message?: unknown; data?: Record<string, any> } | null;
}

/** What the SDK keeps for what runs in an asynchronous context. The object changes while it runs. */
export interface SdkContext {
  active?: boolean;
  trace?: SdkTrace;
  span?: SdkSpan;
}

/** All copies of the SDK keep their context under this symbol, so it is found without loading one of them. */
const STORAGE = Symbol.for('openai.agents.core.asyncLocalStorage');

/** Returns what the SDK runs here. */
export function sdkContext(): SdkContext | undefined {
  const storage = (globalThis as any)[STORAGE] as AsyncLocalStorage<SdkContext> | undefined;
  const context = storage?.getStore();
  return context?.active === true ? context : undefined;
}

/** What is called when a context is left, and whether it is active. */
const states = new WeakMap<SdkContext, { active: unknown; left: () => void }>();

/** One for all contexts, so that all have the same shape and the SDK reads them as fast as before. */
const ACTIVE: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: SdkContext) {
    return states.get(this)?.active;
  },
  set(this: SdkContext, value: unknown) {
    const state = states.get(this);
    if (!state) return;
    state.active = value;
    if (value === false) state.left();
  },
};

/**
 * Calls a function when the SDK leaves a context. That is the only sign of a run that has thrown: the SDK ends the
 * trace only of those that succeed.
 */
export function whenLeft(context: SdkContext, left: () => void): void {
  states.set(context, { active: context.active, left });
  try {
    Object.defineProperty(context, 'active', ACTIVE);
  } catch {
    // A frozen context: the run ends with its outermost span.
  }
}
