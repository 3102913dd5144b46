import type {
  CurrentTrace as Contract,
  Delivery,
  EnvironmentContext,
  ExpectedOutcome,
  SectionName,
  StepContext,
} from '../../index';
import { emit } from '../bridge/logging';
import { current, type TraceScope } from './context';
import { copy } from './copy';
import { readErrorDetail } from './error-detail';
import { toText } from './read';
import { readable } from './readable';
import { runStep } from './run-step';
import { SECTIONS } from './sections';
import { numberOf } from './step';

/** A tag of the platform is one of these. */
const TAG_TYPES = ['string', 'number', 'boolean'];

/** The handle of the running trace. What is wrong is logged and left out: it must not break the traced function. */
export class CurrentTrace implements Contract {
  readonly #scope: TraceScope;

  constructor(scope: TraceScope) {
    this.#scope = scope;
  }

  get delivered(): Promise<Delivery> {
    return this.#scope.delivered().promise;
  }

  setOutcome(text: string): this {
    return this.#setText('outcome', text);
  }

  setInputSummary(text: string): this {
    return this.#setText('inputSummary', text);
  }

  setOutputSummary(text: string): this {
    return this.#setText('outputSummary', text);
  }

  setExpectedOutcome(
    outcome: string | ExpectedOutcome,
    details?: Partial<ExpectedOutcome> | null,
  ): this {
    return this.#set('expectedOutcome', () => {
      const whole = typeof outcome === 'string' ? { ...details, taskObjective: outcome } : outcome;
      this.#scope.overrides().fields.expectedOutcome = copy(readRecord(whole) as ExpectedOutcome);
    });
  }

  setSection(name: SectionName, value: unknown): this {
    return this.#set(toText(name), () => {
      if (!SECTIONS.includes(name)) throw new TypeError(`must be one of ${SECTIONS.join(', ')}`);
      Object.assign(this.#scope.overrides().fields, { [name]: copy(readRecord(value)) });
    });
  }

  setEnvironment(environment: EnvironmentContext): this {
    return this.#set('environment', () => {
      const { customTags, ...others } = copy(readRecord(environment)) as EnvironmentContext;
      const overrides = this.#scope.overrides();
      Object.assign(overrides.environment, others);
      Object.assign(overrides.tags, customTags);
    });
  }

  setTags(tags: Record<string, string | number | boolean>): this {
    return this.#set('tags', () => {
      for (const [key, value] of Object.entries(readRecord(tags))) {
        if (value === undefined || value === null) continue;
        this.#set(`tag ${key}`, () => {
          if (!TAG_TYPES.includes(typeof value)) {
            throw new TypeError(`must be a string, a number or a boolean (got ${typeof value})`);
          }
          this.#scope.overrides().tags[key] = value as string;
        });
      }
    });
  }

  setSession(id: string): this {
    return this.setTags({ session_id: id });
  }

  setUser(id: string): this {
    return this.setTags({ user_id: id });
  }

  setMetadata(metadata: Record<string, unknown>): this {
    return this.#set('metadata', () => {
      const given = readable(copy(readRecord(metadata))) as object;
      // What JSON cannot hold would make the whole trace unsendable.
      JSON.stringify(given);
      Object.assign(this.#scope.overrides().metadata, given);
    });
  }

  addError(error: unknown): this {
    return this.#set('error', () => {
      const detail = readErrorDetail(error, this.#scope.settings.headroom);
      this.#scope.overrides().errors.push(copy(detail));
    });
  }

  step(action: string, description: string): StepContext;
  step<T>(action: string, description: string, fn: (step: StepContext) => T): T;
  step(action: unknown, description: unknown, fn?: (step: StepContext) => unknown): unknown {
    const scope = this.#scope;
    const step = scope.startStep(toText(action), toText(description));
    if (typeof fn === 'function') return runStep(step, fn, { scope, step: numberOf(step) });
    if (fn !== undefined && fn !== null) report('step', `fn must be a function (got ${typeof fn})`);
    return step;
  }

  #setText(field: 'outcome' | 'inputSummary' | 'outputSummary', text: unknown): this {
    return this.#set(field, () => {
      if (typeof text !== 'string') throw new TypeError(`must be a string (got ${typeof text})`);
      this.#scope.overrides().fields[field] = text;
    });
  }

  #set(field: string, set: () => void): this {
    if (this.#scope.settled) return this;
    try {
      set();
    } catch (error) {
      report(
        field,
        error instanceof TypeError ? error.message : `cannot be read: ${toText(error)}`,
      );
    }
    return this;
  }
}

function readRecord(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
    throw new TypeError(`must be an object (got ${kind})`);
  }
  return value;
}

function report(field: string, problem: string): void {
  emit('WARN', `currentTrace(): ${field} ${problem}; it is left out`);
}

/** The handles, so that a trace has one. */
const handles = new WeakMap<TraceScope, CurrentTrace>();

/** Returns the handle of the innermost trace that runs here, if there is one. */
export function currentTrace(): CurrentTrace | undefined {
  const scope = current();
  if (!scope) return undefined;
  let handle = handles.get(scope);
  if (!handle) {
    handle = new CurrentTrace(scope);
    handles.set(scope, handle);
    // From now on its delivery is followed: it may be asked for when the trace is over.
    scope.delivered();
  }
  return handle;
}
