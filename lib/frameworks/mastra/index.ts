import type { InfiniumClient } from '../../../index';
import type { ToolRequest } from '../../trace/tool-requests';
import { type ModelCall, type Operation, Recorder } from '../common';
import { endCall, startFacts, usageFacts } from './model';
import { durationOf, type ExportedSpan, errorOf, type TracingEvent } from './span';

/** The kinds of steps that spans become. Others keep their type. */
const ACTIONS: Record<string, string> = {
  agent_run: 'agent',
  workflow_run: 'workflow',
  tool_call: 'tool_call',
  mcp_tool_call: 'tool_call',
  client_tool_call: 'tool_call',
  provider_tool_call: 'tool_call',
  processor_run: 'guardrail',
};

/** Spans that say nothing of an agent's work. */
const IGNORED = new Set(['mapping', 'agent_signal']);
/** Spans of a call of a model, from the outermost to the innermost. */
const MODEL = new Set(['model_generation', 'model_step', 'model_inference']);

/** A trace that is never ended must not be kept for ever. */
const MAX_OPEN = 10_000;

/** One open span. */
interface Open {
  /** What spans within this one belong to; undefined if nothing is recorded. */
  readonly operation: Operation | undefined;
  /** The call of a model that this span is, or that the first span within it is. */
  call?: ModelCall;
  /** End calls of models that have failed within this span, for a reason that it tells. */
  failed?: ((outer: ExportedSpan) => void)[];
  /** The tools that the answer has asked for so far. */
  requests?: ToolRequest[];
  /** Whether a span within this one has taken the call, or was one. */
  isTaken?: boolean;
  /** The span of the generation that a span of a model belongs to. */
  readonly generation?: ExportedSpan;
  readonly parent?: Open;
}

/**
 * Reports what agents and workflows of Mastra do: an exporter for its observability, and a bridge, which also tells
 * what runs within tools where it belongs.
 */
export class InfiniumExporter {
  readonly name = 'infinium';
  readonly #recorder: Recorder;
  readonly #open = new Map<string, Open>();

  constructor(client?: InfiniumClient, options?: unknown) {
    this.#recorder = new Recorder('Mastra', client, options);
    this.#client = client;
  }

  readonly #client: InfiniumClient | undefined;

  onTracingEvent(event: TracingEvent): void {
    try {
      const { type, exportedSpan: span } = event;
      if (IGNORED.has(span.type)) return;
      if (span.type === 'model_chunk') this.#chunk(type, span);
      else if (span.isEvent) return;
      else if (type === 'span_started') this.#start(span);
      else if (type === 'span_ended') this.#end(span);
    } catch {
      // The agent is more important than its trace.
    }
  }

  async exportTracingEvent(event: TracingEvent): Promise<void> {
    this.onTracingEvent(event);
  }

  /** The same, for versions before 1. */
  async exportEvent(event: TracingEvent): Promise<void> {
    this.onTracingEvent(event);
  }

  /** Mastra asks its bridge for the ids of a span. Its own are right. */
  createSpan(): undefined {
    return undefined;
  }

  /** Mastra calls this, if the exporter is also its bridge, for what runs within a span. */
  executeInContext<T>(spanId: string, fn: () => Promise<T>): Promise<T> {
    return this.executeInContextSync(spanId, fn);
  }

  executeInContextSync<T>(spanId: string, fn: () => T): T {
    const open = this.#open.get(spanId);
    const inner = open?.call ?? open?.operation;
    return inner ? inner.run(fn) : fn();
  }

  async flush(): Promise<void> {
    await this.#client?.flush();
  }

  /** The client stays open: it belongs to the program. */
  async shutdown(): Promise<void> {
    this.#open.clear();
    await this.flush();
  }

  #start(span: ExportedSpan): void {
    if (this.#open.has(span.id)) return;
    if (this.#open.size >= MAX_OPEN) this.#open.delete(this.#open.keys().next().value as string);
    const parent = span.parentSpanId === undefined ? undefined : this.#open.get(span.parentSpanId);
    this.#open.set(span.id, MODEL.has(span.type) ? model(span, parent) : this.#begin(span, parent));
  }

  #begin(span: ExportedSpan, parent: Open | undefined): Open {
    const { type, input, attributes = {}, metadata } = span;
    const name = nameOf(span);
    const action = actionOf(span);
    if (!parent?.operation) {
      const run = {
        action,
        name,
        input,
        session: textOf(metadata?.threadId ?? attributes.conversationId),
      };
      return { operation: this.#recorder.start(run), parent };
    }
    if (type === 'rag_embedding') {
      const call = parent.operation.startCall(startFacts(span), { action: 'embedding' });
      return { operation: parent.operation, call, parent };
    }
    const toolCallId = textOf(attributes.toolCallId);
    return { operation: parent.operation.start({ action, name, input, toolCallId }), parent };
  }

  /** A tool may run before the answer that asks for it is complete. */
  #chunk(type: string, { parentSpanId = '', output }: ExportedSpan): void {
    if (type !== 'span_ended' || typeof output?.toolName !== 'string') return;
    const open = this.#open.get(parentSpanId);
    if (!open?.call) return;
    const { toolName: name, toolCallId, toolInput: args } = output;
    open.requests ??= [];
    if (open.requests.some(({ id }) => id === toolCallId)) return;
    open.requests.push({ name, id: toolCallId, args });
    open.call.update({ toolRequests: open.requests });
  }

  #end(span: ExportedSpan): void {
    const open = this.#open.get(span.id);
    if (!open) return;
    this.#open.delete(span.id);
    const failed = open.failed ?? [];
    const call = open.call;
    if (call && span.attributes?.finishReason === 'error') {
      failed.push((outer) => endCall(call, { ...span, errorInfo: outer.errorInfo }));
    } else if (call) endCall(call, span, open.requests);
    // A span around this one may tell the error.
    const isKnown = span.errorInfo || !open.parent || !MODEL.has(span.type);
    if (isKnown) for (const end of failed) end(span);
    else if (failed.length > 0) open.parent.failed = [...(open.parent.failed ?? []), ...failed];
    if (call) return;
    if (MODEL.has(span.type)) endModel(open, span);
    else
      open.operation?.end({
        output: outputOf(span),
        durationMs: durationOf(span),
        ...errorOf(span),
      });
  }
}

/** Begins the span of a model. A step is a call, unless a span within it is. */
function model(span: ExportedSpan, parent: Open | undefined): Open {
  const operation = parent?.operation;
  const generation = span.type === 'model_generation' ? span : parent?.generation;
  if (span.type === 'model_generation') return { operation, generation, parent };
  if (parent?.call && !parent.isTaken) {
    parent.isTaken = true;
    const { call } = parent;
    parent.call = undefined;
    call.update(startFacts(span, generation));
    return { operation, call, generation, parent };
  }
  if (parent) parent.isTaken = true;
  const call = operation?.startCall(startFacts(span, generation), { request: span.input });
  call?.setInput(messagesOf(span.input) ?? messagesOf(generation?.input));
  return { operation, call, generation, parent };
}

/** Ends the span of a generation or step that is no call itself. */
function endModel(open: Open, span: ExportedSpan): void {
  // Older versions report the generation alone.
  if (open.isTaken || !open.operation) return;
  const call = open.operation.startCall(startFacts(span), { request: span.input });
  call.setInput(messagesOf(span.input));
  call.update(usageFacts(span.attributes?.usage));
  endCall(call, span);
}

function actionOf({ type, attributes }: ExportedSpan): string {
  const isQuery = type === 'rag_vector_operation' && attributes?.operation === 'query';
  const isRecall = type === 'memory_operation' && attributes?.operationType === 'recall';
  return isQuery || isRecall ? 'retrieval' : (ACTIONS[type] ?? type);
}

/** Spans are named as in `tool: 'add'`. Steps of a workflow have the entity of their workflow, others their own. */
function nameOf({ type, name, entityName, entityId }: ExportedSpan): string {
  const [, quoted] = /'(.*)'/.exec(name ?? '') ?? [];
  const isPart = type.startsWith('workflow_') && type !== 'workflow_run';
  return (isPart ? quoted : (entityName ?? quoted)) ?? entityId ?? name ?? type;
}

/** The text of what an agent has answered; of others everything. */
function outputOf({ type, output }: ExportedSpan): unknown {
  const { text } = output ?? {};
  return type === 'agent_run' && typeof text === 'string' && text !== '' ? text : output;
}

function messagesOf(input: any): unknown {
  return input?.messages ?? input;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
