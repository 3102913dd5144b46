import type { TaskData } from '../../../index';
import { invalid } from '../../bridge/invalid';
import { VERSION } from '../../bridge/native';
import { monotonic } from '../../bridge/time';
import { CallRecord } from '../../trace/call-record';
import type { TraceScope } from '../../trace/context';
import { observeTraces } from '../../trace/observers';
import { readCaptureContent, readClient } from '../common';
import {
  activeContext,
  type Context,
  contextWith,
  OWN_SCOPE,
  type Span,
  STATUS_ERROR,
  type TracerProvider,
  toHrTime,
} from './api';
import { type Described, describeStep, describeTrace } from './describe';
import { placeIn } from './place';

/**
 * Writes each trace of a client that is over as spans, with the times that it had.
 *
 * @returns a function that ends it
 */
export function exportToOtel(client: unknown, provider: unknown, options?: unknown): () => void {
  const source =
    readClient(client) ?? invalid('client', 'is missing: exportToOtel(client, tracerProvider)');
  if (typeof (provider as TracerProvider | null)?.getTracer !== 'function') {
    invalid(
      'tracerProvider',
      'must be a TracerProvider of OpenTelemetry: it has a method getTracer',
    );
  }
  const captureContent = readCaptureContent(options);
  /** Where the traces began. */
  const contexts = new WeakMap<TraceScope, Context>();
  return observeTraces(source, {
    began(scope) {
      try {
        const context = activeContext();
        if (context) contexts.set(scope, context);
      } catch {
        // Without a parent, the trace is one of its own.
      }
    },
    finished(task, scope) {
      if (scope.origin === 'otel') return;
      try {
        const writer = new Writer(provider as TracerProvider, captureContent);
        writer.write(task, scope, contexts.get(scope));
      } catch {
        // An exporter must not break the traced function.
      }
    },
  });
}

class Writer {
  readonly #tracer: ReturnType<TracerProvider['getTracer']>;
  readonly #captureContent: boolean;

  constructor(provider: TracerProvider, captureContent: boolean) {
    this.#tracer = provider.getTracer(OWN_SCOPE, VERSION);
    this.#captureContent = captureContent;
  }

  write(task: TaskData, scope: TraceScope, context: Context | undefined): void {
    // The clock of the trace is monotonic.
    const epoch = Date.now() - monotonic();
    const start = epoch + scope.started;
    const end = start + scope.durationMs;
    const whole = describeTrace(task, this.#captureContent);
    const root = this.#open(whole, start, context);
    /** By the number of the step. Steps that are spans already stand for the one that they are in. */
    const contextOf = new Map<unknown, Context>();
    const rootContext = contextWith(root, context);
    const sources = scope.arrangement?.steps ?? scope.steps;
    const [, ...steps] = task.steps ?? [];
    for (const [index, step] of steps.entries()) {
      const parent = contextOf.get(step.metadata?.parent_step) ?? rootContext;
      const source = sources[index];
      contextOf.set(step.stepNumber, parent);
      if (!source || scope.arrangement?.spans.has(source)) continue;
      const { started, durationMs = 0 } = placeIn(source);
      const from = clamp(epoch + started, start, end);
      const requested = source instanceof CallRecord ? source.facts.model : undefined;
      const described = describeStep(step, requested, this.#captureContent);
      const span = this.#open(described, from, parent);
      contextOf.set(step.stepNumber, contextWith(span, parent));
      close(span, described, clamp(from + durationMs, from, end));
    }
    close(root, whole, end);
  }

  #open({ name, kind, attributes }: Described, start: number, context?: Context): Span {
    const options = { kind, attributes, startTime: toHrTime(start), root: context === undefined };
    return this.#tracer.startSpan(name, options, context);
  }
}

function close(span: Span, { error }: Described, end: number): void {
  const time = toHrTime(end);
  if (error) {
    const { errorType: name, message, stackTrace: stack } = error;
    span.recordException({ name, message, stack: stack ?? undefined }, time);
    span.setStatus({ code: STATUS_ERROR, message });
  }
  span.end(time);
}

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));
