import type { Arrangement } from '../../trace/arrange';
import { CallRecord } from '../../trace/call-record';
import { StepContext } from '../../trace/step';
import type { Kind } from './conventions';
import type { Entry, Spans } from './entry';
import { isCall } from './kind';
import { placeIn } from './place';
import { toCall, toStepOf } from './write';

type Step = CallRecord | StepContext;

/** A step at its place in the tree. */
interface Node {
  number: number;
  parent: number | undefined;
  /** No node begins before the one that it is in. */
  started: number;
  depth: number;
  step: Step;
  entry: Entry | undefined;
}

/** Turns the spans of a trace that is over into steps, and puts all of its steps in the order in which they began. */
export function arrange(tree: Spans): Arrangement {
  const nodes = toNodes(tree);
  const kinds = decideKinds(tree, nodes);
  // Each tool is to find the calls that were made before it.
  for (const { number, entry } of nodes) {
    if (entry?.record) tree.put(number, placeholder(number));
  }
  const steps: Step[] = [];
  const numbers = new Map<number, number | undefined>();
  const spans = new Set<Step>();
  for (const node of nodes) {
    const step = node.entry ? write(tree, node.entry, kinds.get(node.number)) : node.step;
    if (!step) {
      numbers.set(node.number, numbers.get(node.parent ?? 0));
      continue;
    }
    steps.push(step);
    numbers.set(node.number, steps.length + 1);
    if (node.entry) spans.add(step);
  }
  return { steps, numbers, spans };
}

const placeholder = (number: number) => new StepContext(number, 'span', 'span');

function write(tree: Spans, entry: Entry, kind: Kind | undefined): Step | undefined {
  const { reading, number } = entry;
  if (!reading || !kind) return undefined;
  const step = isCall(kind)
    ? (entry.record ?? toCall(entry, reading, kind))
    : toStepOf(entry, reading, kind, reading.failure && tree.shown(reading.failure));
  tree.put(number, step);
  return step;
}

/** All steps in the order in which they began; what others are in comes first. */
function toNodes(tree: Spans): Node[] {
  const nodes = new Map<number, Node>();
  for (const [index, step] of tree.scope.steps.entries()) {
    const number = index + 2;
    const entry = tree.entries.get(number);
    const place = entry ? { started: entry.started, parent: entry.parent } : placeIn(step);
    const parent = place.parent ?? undefined;
    nodes.set(number, { number, parent, started: place.started, depth: -1, step, entry });
  }
  const settle = (node: Node): Node => {
    if (node.depth >= 0) return node;
    node.depth = 0;
    const parent = nodes.get(node.parent ?? 0);
    if (parent) {
      settle(parent);
      node.started = Math.max(node.started, parent.started);
      node.depth = parent.depth + 1;
    }
    return node;
  };
  return [...nodes.values()]
    .filter(({ number }) => !tree.isFree(number))
    .map(settle)
    .sort((a, b) => a.started - b.started || a.depth - b.depth || a.number - b.number);
}

/**
 * Decides what each span is recorded as. Tokens count once, where the innermost span tells them: a call of a model that
 * contains the same call, seen by another instrumentation or by `watch()`, is left out, and one that contains several is
 * an agent. An agent that tells tokens, and whose calls are unknown, is a call itself.
 *
 * @returns the kinds by number. What is not in it is left out.
 */
function decideKinds(tree: Spans, nodes: Node[]): Map<number, Kind> {
  const kinds = new Map<number, Kind>();
  /** The number of calls within a step. */
  const calls = new Map<number, number>();
  for (const { number, parent, step, entry } of [...nodes].reverse()) {
    const within = calls.get(number) ?? 0;
    const kind = entry && decide(entry, within, entry === tree.root);
    if (kind) kinds.set(number, kind);
    const isOne = entry ? isCall(kind) : step instanceof CallRecord;
    calls.set(parent ?? 0, (calls.get(parent ?? 0) ?? 0) + within + (isOne ? 1 : 0));
  }
  return kinds;
}

function decide({ reading, outer }: Entry, calls: number, isRoot: boolean): Kind | undefined {
  const { kind, facts } = reading ?? {};
  if (isCall(kind)) {
    // A watched client has recorded the call that it was made within.
    if (outer?.call || calls === 1) return undefined;
    return calls === 0 ? kind : 'agent';
  }
  if (kind !== 'agent') return kind;
  const hasTokens = facts?.promptTokens !== undefined || facts?.completionTokens !== undefined;
  if (hasTokens && calls === 0) return 'llm_call';
  // The trace itself stands for it.
  return isRoot ? undefined : kind;
}
