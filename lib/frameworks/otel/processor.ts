import { warn } from '../../bridge/warnings';
import { type Frame, ownFrame, TraceScope } from '../../trace/context';
import { deliverRecorded } from '../../trace/trace';
import {
  defaultClient,
  locateBy,
  readCaptureContent,
  readClient,
  toTraceSettings,
} from '../common';
import { activeContext, type Context, type ReadableSpan, spanIn } from './api';
import { type Entry, isOfAgent } from './entry';
import { isOwn } from './kind';
import { SpanTree, treeIn } from './tree';

/** Traces under way at once. Servers have one per request. */
const MAX_TREES = 1_000;
/** How long a trace waits for spans that end after its root, such as those of streams, in milliseconds. */
const LATE_SPANS_MS = 30_000;

/** The processors that are in use. */
const processors = new Set<InfiniumSpanProcessor>();
let canLocate = false;

/** What of a processor is used in this module only. */
const kFind = Symbol('find');

/** Turns spans of agents and models into traces of a client. It never throws into the program. */
export class InfiniumSpanProcessor {
  readonly #client: object | undefined;
  readonly #captureContent: boolean;
  /** Spans by their id, until their trace is over. */
  readonly #entries = new Map<string, Entry>();
  /** Traces under way, the oldest first, with the timers of those whose root has ended. */
  readonly #trees = new Map<SpanTree, NodeJS.Timeout | undefined>();
  #evicted = 0;

  constructor(client?: unknown, options?: unknown) {
    this.#client = readClient(client);
    this.#captureContent = readCaptureContent(options);
    processors.add(this);
    if (!canLocate) locateBy(findHere);
    canLocate = true;
  }

  onStart(span: ReadableSpan, parentContext: Context): void {
    try {
      if (!isOwn(span) && processors.has(this)) this.#begin(span, parentContext);
    } catch {
      // The program is more important than its trace.
    }
  }

  onEnd(span: ReadableSpan): void {
    try {
      const entry = this.#entries.get(span.spanContext().spanId);
      if (entry) this.#end(entry, span);
    } catch {
      // As above.
    }
  }

  /** Sends the traces whose root has ended, and waits until they are delivered. */
  async forceFlush(): Promise<void> {
    for (const tree of [...this.#trees.keys()]) {
      if (tree.root?.reading) this.#complete(tree);
    }
    await (this.#target as { flush?: () => Promise<boolean> } | undefined)?.flush?.();
  }

  /** Sends all traces, with what is known of them. The client stays open. */
  async shutdown(): Promise<void> {
    for (const tree of [...this.#trees.keys()]) this.#complete(tree);
    processors.delete(this);
    await this.forceFlush();
  }

  [kFind](spanId: string): Entry | undefined {
    return this.#entries.get(spanId);
  }

  get #target(): object | undefined {
    return this.#client ?? defaultClient();
  }

  #begin(span: ReadableSpan, parentContext: Context): void {
    const parentId = spanIn(parentContext)?.spanContext().spanId;
    const parent = parentId === undefined ? undefined : this.#entries.get(parentId);
    const outer = ownFrame();
    // The steps of another copy of this package are of other classes.
    const isKnown = outer?.scope instanceof TraceScope && !outer.scope.settled;
    const running = isKnown ? outer : undefined;
    if (running && running !== parent?.outer) {
      this.#add(treeIn(running.scope), span, { parent: running.step ?? null, outer: running });
    } else if (parent) {
      this.#add(treeIn(parent.scope), span, { parent: parent.number, parentEntry: parent, outer });
    } else if (this.#target) {
      const captures = { captureInput: this.#captureContent, captureOutput: this.#captureContent };
      const tree = new SpanTree(new TraceScope({ ...captures, headroom: 1 }));
      tree.scope.origin = 'otel';
      tree.root = this.#add(tree, span, { parent: null, outer });
      tree.traceId = span.spanContext().traceId;
    }
  }

  #add(
    tree: SpanTree,
    span: ReadableSpan,
    place: { parent: number | null; parentEntry?: Entry; outer: Frame | undefined },
  ): Entry | undefined {
    const { spanId } = span.spanContext();
    const entry = tree.add(span, {
      parentEntry: undefined,
      ...place,
      captureContent: this.#captureContent,
      forget: () => this.#entries.delete(spanId),
    });
    if (!entry) return undefined;
    this.#entries.set(spanId, entry);
    if (!this.#trees.has(tree)) {
      this.#trees.set(tree, undefined);
      tree.onClose(() => this.#remove(tree));
      this.#limit();
    }
    return entry;
  }

  #end(entry: Entry, span: ReadableSpan): void {
    const tree = treeIn(entry.scope);
    tree.end(entry, span);
    if (!tree.root?.reading) return;
    if (tree.open === 0) this.#complete(tree);
    else if (this.#trees.get(tree) === undefined) {
      const timer = setTimeout(() => this.#complete(tree), LATE_SPANS_MS);
      timer.unref?.();
      this.#trees.set(tree, timer);
    }
  }

  #remove(tree: SpanTree): void {
    clearTimeout(this.#trees.get(tree));
    this.#trees.delete(tree);
  }

  /** Programs that never end their spans must not fill the memory. */
  #limit(): void {
    if (this.#trees.size <= MAX_TREES) return;
    const [oldest] = this.#trees.keys();
    this.#evicted += 1;
    if (this.#evicted === 1 || this.#evicted % MAX_TREES === 0) {
      warn(
        'INFINIUM_QUEUE',
        `more than ${MAX_TREES} traces with OpenTelemetry spans are under way: the oldest are closed before they are ` +
          `over (${this.#evicted} so far). Look for spans that are never ended.`,
      );
    }
    this.#complete(oldest);
  }

  /** Sends a trace, unless it has nothing to do with agents. */
  #complete(tree: SpanTree): void {
    this.#remove(tree);
    tree.close();
    const { root, scope } = tree;
    const client = this.#target;
    if (!root?.reading || !client || scope.settled || !tree.isUseful) return;
    const { durationMs, endedAt, failure, input, output } = root.reading;
    const overrides = scope.overrides();
    overrides.metadata.otel_trace_id = tree.traceId;
    Object.assign(overrides.fields, {
      currentDatetime: new Date(endedAt).toISOString(),
      inputSummary: input,
      outputSummary: output,
    });
    const settings = toTraceSettings({
      name: tree.name,
      otherwise: 'span',
      description: 'Trace of OpenTelemetry',
      captureInput: false,
      captureOutput: false,
      session: tree.first(({ session }) => session),
      user: tree.first(({ user }) => user),
    });
    deliverRecorded(client, settings, scope, {
      durationMs,
      errors: failure ? [tree.shown(failure)] : [],
    });
  }
}

/** The span that runs here, if it is of an agent. */
function findHere() {
  const id = spanIn(activeContext())?.spanContext().spanId;
  if (id === undefined) return undefined;
  for (const processor of processors) {
    const entry = processor[kFind](id);
    if (!entry || !isOfAgent(entry)) continue;
    entry.isNeeded = true;
    const { scope, number, outer } = entry;
    // The call of a watched client that it is in is still the one that a client within takes part in.
    return { frame: { scope, step: number, call: outer?.call }, outer };
  }
  return undefined;
}
