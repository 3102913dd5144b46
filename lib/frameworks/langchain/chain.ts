import { arrayOf, isObject, nonEmptyString } from '../../watch/facts';

/** What LangChain says of a chain that begins. */
export interface Chain {
  /** `{ id: ['langchain_core', 'runnables', 'RunnableSequence'] }` */
  serialized: any;
  name: unknown;
  runType: unknown;
  tags: unknown;
}

/** The tag of what LangGraph adds to a graph. */
const HIDDEN = 'langsmith:hidden';
/** Parts of a chain that have a name of their own, though nobody has chosen it. */
const UNNAMED = /^(Runnable|Channel|Branch|__|prompt$|.*StructuredOutput)/;

/** @returns the name of the class of whatever runs */
export function classOf(serialized: any): string | undefined {
  return nonEmptyString(arrayOf(serialized?.id).at(-1)) ?? nonEmptyString(serialized?.name);
}

export function nameOf(serialized: any, name: unknown, otherwise: string): string {
  return nonEmptyString(name) ?? classOf(serialized) ?? otherwise;
}

/**
 * Says which kind of step a chain is within another run: an agent or graph, a node of a graph, or a chain to which the
 * user has given a name. Parts of a sequence, and what a framework adds, are none.
 */
export function kindOf({ serialized, name, runType, tags }: Chain): string | undefined {
  const marks = arrayOf(tags);
  if (marks.includes(HIDDEN)) return undefined;
  const [origin, module] = arrayOf(serialized?.id);
  const type = classOf(serialized);
  if ((origin === 'langgraph' && module === 'pregel') || type === 'AgentExecutor') return 'agent';
  if (marks.some((tag) => /^graph:step:/.test(tag))) return 'node';
  if (runType === 'prompt' || runType === 'parser') return undefined;
  const given = nonEmptyString(name);
  return given === undefined || given === type || UNNAMED.test(given) ? undefined : 'chain';
}

/** LangGraph throws to pause a graph, and to leave one for its parent. Neither is a failure. */
export function isSignal(error: unknown): boolean {
  return isObject(error) && error.is_bubble_up === true;
}

export function isInterrupt(error: any): boolean {
  return isSignal(error) && /Interrupt$/.test(error.name);
}
