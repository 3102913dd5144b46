import { type Frame, ownFrame } from '../../trace/context';
import { nonEmptyString } from '../../watch/facts';
import { guard } from '../../watch/guard';
import type { Recorder } from '../common';
import { type Attributes, parse, requestOf, runOptions } from './attributes';
import { nameOfRun } from './names';
import { Run } from './run';
import { Span } from './span';
import { CallSubject, RunSubject, type Subject, ToolSubject } from './subject';

type Fn = (span: Span) => unknown;

/**
 * The tracer of OpenTelemetry's interface that versions 5 and 6 write to. Its spans are the runs, calls and tools of the
 * SDK; others are no steps.
 */
export class Tracer {
  readonly #recorder: Recorder;
  /** The runs, by the frames in which the SDK makes their calls. */
  readonly #runs = new WeakMap<Frame, RunSubject>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  startSpan(name: string, options?: { attributes?: Attributes }): Span {
    const subject = guard(() => this.#start(name, options?.attributes ?? {}));
    const span = new Span(subject);
    // The SDK refers to the span of a run for as long as the run may continue, and nothing of ours does.
    if (subject instanceof RunSubject) subject.of.tieTo(span);
    return span;
  }

  startActiveSpan(name: string, ...args: [...unknown[], Fn]): unknown {
    const fn = args[args.length - 1] as Fn;
    const span = this.startSpan(name, args.length > 1 ? (args[0] as object) : undefined);
    const { subject } = span;
    if (!subject) return fn(span);
    const result: any = subject.run(() => fn(span));
    if (subject instanceof CallSubject) subject.follow(result);
    return result;
  }

  #start(name: string, attributes: Attributes): Subject | undefined {
    const operationId = nonEmptyString(attributes['ai.operationId']) ?? name;
    if (!operationId.startsWith('ai.')) return undefined;
    const isCall = /\.do[A-Z]/.test(operationId);
    if (!isCall && operationId !== 'ai.toolCall') return this.#startRun(operationId, attributes);
    const parent = this.#runs.get(ownFrame() as Frame);
    if (!parent) return undefined;
    if (!isCall) return startTool(parent, attributes);
    return operationId.endsWith('doRerank')
      ? startRerank(parent, operationId, attributes)
      : this.#startCall(parent, operationId, attributes);
  }

  #startRun(operationId: string, attributes: Attributes): Subject | undefined {
    const operation = this.#recorder.start(runOptions(operationId, attributes));
    if (!operation) return undefined;
    const subject = new RunSubject(new Run(operation));
    this.#runs.set(operation.frame, subject);
    return subject;
  }

  #startCall(parent: RunSubject, operationId: string, attributes: Attributes): Subject {
    const request = {
      get input() {
        return parse(attributes['ai.prompt.messages'] ?? attributes['ai.values']);
      },
    };
    const action = operationId.endsWith('doEmbed') ? 'embedding' : undefined;
    const call = parent.of.startCall(requestOf(attributes), request, action);
    // Tools run within the call of the stream that asks for them.
    const subject = new CallSubject(call, parent);
    this.#runs.set(call.frame, parent);
    return subject;
  }
}

function startTool(parent: RunSubject, attributes: Attributes): Subject {
  const name = String(attributes['ai.toolCall.name']);
  const id = String(attributes['ai.toolCall.id']);
  return new ToolSubject(parent.of.startTool(name, id, parse(attributes['ai.toolCall.args'])));
}

function startRerank(parent: RunSubject, operationId: string, attributes: Attributes): Subject {
  const { provider, model } = requestOf(attributes);
  return new ToolSubject(
    parent.of.operation.start({
      action: 'retrieval',
      name: nameOfRun({ functionId: attributes['ai.telemetry.functionId'], operationId }),
      metadata: { provider, model },
    }),
  );
}
