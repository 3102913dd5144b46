import type {
  TraceBuilder as Contract,
  EnvironmentContext,
  ErrorDetail,
  ExpectedOutcome,
  LlmUsage,
  SectionName,
  TaskData,
} from '../../index';
import { built } from '../bridge/built';
import { ValidationError } from '../bridge/errors';
import { atCaller } from '../bridge/failure';
import { lazy } from '../bridge/lazy';
import { getCurrentIsoDatetime, monotonic } from '../bridge/time';
import { copy } from './copy';
import { toSeconds } from './duration';
import { completeEnvironment } from './environment';
import type { AnyFunction } from './function';
import { SECTIONS } from './sections';
import type { StepContext } from './step';

// Loaded on first use: the package always loads this file, but most programs never build a trace manually.
const errorDetails = lazy(() => require('./error-detail') as typeof import('./error-detail'));
const runner = lazy(() => require('./run-step') as typeof import('./run-step'));
const steps = lazy(() => require('./step') as typeof import('./step'));

/** Builds a task step by step and measures its duration. */
export class TraceBuilder implements Contract {
  #started = monotonic();
  #fields: Record<string, unknown>;
  #steps: StepContext[] = [];
  #errors: ErrorDetail[] = [];

  constructor(name: string, description: string) {
    this.#fields = { name, description };
  }

  setInputSummary(text: string): this {
    return this.#set('inputSummary', text, TraceBuilder.prototype.setInputSummary);
  }

  setOutputSummary(text: string): this {
    return this.#set('outputSummary', text, TraceBuilder.prototype.setOutputSummary);
  }

  setOutcome(text: string): this {
    return this.#set('outcome', text, TraceBuilder.prototype.setOutcome);
  }

  /** @param outcome the actual outcome, or the whole `taskObjective` */
  setExpectedOutcome(
    outcome: string | ExpectedOutcome,
    details?: Partial<ExpectedOutcome> | null,
  ): this {
    const whole = typeof outcome === 'string' ? { ...details, taskObjective: outcome } : outcome;
    return this.#set('expectedOutcome', whole, TraceBuilder.prototype.setExpectedOutcome);
  }

  setEnvironment(environment: EnvironmentContext): this {
    return this.#set('environment', environment, TraceBuilder.prototype.setEnvironment);
  }

  setLlmUsage(usage: LlmUsage): this {
    return this.#set('llmUsage', usage, TraceBuilder.prototype.setLlmUsage);
  }

  setSection(name: SectionName, value: unknown): this {
    if (!SECTIONS.includes(name)) {
      const message = `section must be one of ${SECTIONS.join(', ')} (got ${String(name)})`;
      const error = new ValidationError(message, { field: 'section' });
      throw atCaller(error, TraceBuilder.prototype.setSection);
    }
    return this.#set(name, value, TraceBuilder.prototype.setSection);
  }

  addError(error: unknown): this {
    this.#errors.push(copy(errorDetails().readErrorDetail(error)));
    return this;
  }

  step(action: string, description: string): StepContext;
  step<T>(action: string, description: string, fn: (step: StepContext) => T): T;
  step(action: string, description: string, fn?: ((step: StepContext) => unknown) | null): unknown {
    if (fn !== undefined && fn !== null && typeof fn !== 'function') {
      const message = `fn must be a function (got ${typeof fn})`;
      throw atCaller(new ValidationError(message, { field: 'fn' }), TraceBuilder.prototype.step);
    }
    const step = new (steps().StepContext)(this.#steps.length + 1, action, description);
    this.#steps.push(step);
    return fn ? runner().runStep(step, fn) : step;
  }

  build(): TaskData {
    const { name, description, environment, ...fields } = copy(this.#fields);
    const task = {
      name,
      description,
      currentDatetime: getCurrentIsoDatetime(),
      duration: toSeconds(monotonic() - this.#started),
      ...fields,
      steps: this.#steps.map(steps().toStep),
      errors: copy(this.#errors),
      environment: completeEnvironment(environment as EnvironmentContext | null),
    } as TaskData;
    built.add(task);
    return task;
  }

  /** @param method the public method, where stack traces begin */
  #set(field: string, value: unknown, method: AnyFunction): this {
    try {
      this.#fields[field] = copy(value);
    } catch (cause) {
      const message = `${field} cannot be read: a getter threw`;
      throw atCaller(new ValidationError(message, { field, cause }), method);
    }
    return this;
  }
}
