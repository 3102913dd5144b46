import { AsyncLocalStorage } from 'node:async_hooks';
import type { PromptUse } from '../../index';
import { MAX_CALLS, MAX_PROMPTS } from '../bridge/limits';
import type { CallFacts } from './call-facts';
import { CallRecord, type SecretRequest } from './call-record';

let storage: AsyncLocalStorage<TraceScope> | undefined;

/** Records one call of a traced function. Its methods never throw. */
export class TraceScope {
  calls: CallRecord[] = [];
  prompts: PromptUse[] = [];
  settled = false;

  /** @param secret the sent request, if the trace must not repeat it */
  startCall(facts: CallFacts, secret?: SecretRequest): CallRecord {
    const call = new CallRecord(this, secret);
    call.update(facts);
    if (!this.settled && this.calls.length < MAX_CALLS) this.calls.push(call);
    return call;
  }

  recordPrompt(prompt: Omit<PromptUse, 'source'>): void {
    if (this.settled || this.prompts.length >= MAX_PROMPTS) return;
    try {
      this.prompts.push({ ...prompt, source: 'prompt_studio' });
    } catch {
      // An unreadable prompt is not recorded.
    }
  }

  /** Ends the trace: the function has returned or thrown. Later events are ignored. */
  settle(): void {
    for (const call of this.calls) call.end();
    this.settled = true;
  }
}

/** @returns the innermost running trace of this asynchronous context, if there is one */
export function current(): TraceScope | undefined {
  const scope = storage?.getStore();
  return scope && !scope.settled ? scope : undefined;
}

/** Runs a function, and all asynchronous work that it starts, within a scope. */
export function run<T>(scope: TraceScope, fn: () => T): T {
  storage ??= new AsyncLocalStorage();
  return storage.run(scope, fn);
}
