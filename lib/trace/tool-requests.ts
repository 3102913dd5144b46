import { read } from './read';

/** A tool that a model has asked for. */
export interface ToolRequest {
  readonly name: string;
  readonly id: string | undefined;
  /** The arguments, as JSON or as the value. They are compared, and not sent. */
  args: unknown;
  /** Whether a step has answered it. */
  isAnswered?: boolean;
}

/** A call of a model that has asked for tools. */
export interface Asking {
  readonly facts: { toolRequests?: ToolRequest[] };
  /** The number of the step that made the call. */
  readonly parentStep: number | undefined;
}

/** What is known of a tool call: see `answerRequest`. */
export interface AskedBy {
  id?: string | undefined;
  parent?: number | null;
}

/** Longer arguments are not compared. */
const MAX_ARGUMENTS = 20_000;

/** Adds a piece of the JSON of the arguments, as streams send it. */
export function addArguments(request: ToolRequest, piece: unknown): void {
  if (typeof piece !== 'string') return;
  const before = typeof request.args === 'string' ? request.args : '';
  if (before.length <= MAX_ARGUMENTS) request.args = before + piece;
}

/**
 * Finds the request that a tool answers among those of several calls.
 *
 * @param calls the last one first
 * @param by if the id is known, no request with another one will do. Calls of the same parent are looked at first.
 */
export function findAsking<C extends Asking>(
  calls: C[],
  tool: string,
  args: unknown[],
  { id, parent }: AskedBy,
): { call: C; request: ToolRequest } | undefined {
  const isNear = ({ parentStep }: C) => parent === undefined || (parentStep ?? null) === parent;
  const find = (fits: (request: ToolRequest) => boolean) => {
    for (const near of parent === undefined ? [true] : [true, false]) {
      for (const call of calls) {
        if (isNear(call) !== near) continue;
        const request = call.facts.toolRequests?.find(fits);
        if (request) return { call, request };
      }
    }
    return undefined;
  };
  // In most cases, and at once.
  const found = id === undefined ? undefined : find((request) => request.id === id);
  if (found) return found;
  const ordered = [...calls.filter(isNear), ...calls.filter((call) => !isNear(call))];
  const requests = ordered
    .flatMap(({ facts }) => facts.toolRequests ?? [])
    .filter((request) => id === undefined || request.id === undefined);
  const request = findRequest(requests, tool, args);
  return request && find((each) => each === request);
}

/**
 * Finds the request that a call of a tool answers: by the id, if the arguments name it; otherwise by the name and the
 * arguments, and at last by the name alone.
 *
 * @param requests those of the last LLM call first
 */
export function findRequest(
  requests: ToolRequest[],
  tool: string,
  args: unknown[],
): ToolRequest | undefined {
  const open = requests.filter(({ isAnswered }) => !isAnswered);
  if (open.length === 0) return undefined;
  const ids = args.flatMap((arg) =>
    ['toolCallId', 'tool_call_id', 'id'].map((key) => readText(arg, key)),
  );
  const byId = open.find(({ id }) => id !== undefined && ids.includes(id));
  if (byId) return byId;
  const named = open.filter(({ name }) => name === tool);
  if (named.length <= 1) return named[0];
  const given = [args[0], args].map(toComparable);
  return named.find((request) => given.includes(toComparable(parse(request.args)))) ?? named[0];
}

function readText(holder: unknown, key: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value = read(holder, key);
  return typeof value === 'string' ? value : undefined;
}

function parse(args: unknown): unknown {
  if (typeof args !== 'string') return args;
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}

/** Returns the same text for values that are equal, whatever the order of their members. */
function toComparable(value: unknown): string {
  try {
    const sorted = (_key: string, member: any) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member;
    const text = JSON.stringify(value, sorted) ?? '';
    return text.length > MAX_ARGUMENTS ? '' : text;
  } catch {
    return '';
  }
}
