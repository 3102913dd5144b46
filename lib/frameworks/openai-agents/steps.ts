import { arrayOf, nonEmptyString } from '../../watch/facts';
import type { Ending, OperationOptions } from '../common';

type SpanData = Record<string, any>;

/** Describes a span that is no call of a model, when it begins. */
export function describe(data: SpanData): OperationOptions {
  const { type } = data;
  const name = nonEmptyString(data.name);
  switch (type) {
    case 'agent':
      return { action: 'agent', name: name ?? 'agent' };
    case 'turn':
      return { action: 'turn', name: `Turn ${data.turn}` };
    case 'function':
      return { action: 'tool_call', name: name ?? 'tool', input: parse(data.input) };
    case 'handoff':
      return { action: 'handoff', name: `Handoff from ${data.from_agent ?? 'an agent'}` };
    case 'mcp_tools':
      return { action: 'mcp_list_tools', name: nonEmptyString(data.server) ?? 'MCP server' };
    case 'custom':
      return { action: 'custom', name: name ?? 'custom', input: data.data };
    default:
      return { action: String(type), name: name ?? String(type), input: data.input };
  }
}

/** Says what came out of it. */
export function ending(data: SpanData): Ending {
  switch (data.type) {
    case 'agent':
      return { metadata: { tool_names: names(data.tools), handoffs: names(data.handoffs) } };
    case 'function':
      return { output: nonEmptyString(data.output), metadata: mcp(data.mcp_data) };
    case 'handoff':
      return { metadata: { from: data.from_agent, to: data.to_agent } };
    case 'guardrail':
      return { metadata: { triggered: data.triggered === true } };
    case 'mcp_tools':
      return { metadata: { tool_names: names(data.result) } };
    default:
      return {};
  }
}

function names(value: unknown): string[] | undefined {
  const found = arrayOf(value).map(String);
  return found.length > 0 ? found : undefined;
}

function mcp(data: unknown): Record<string, unknown> | undefined {
  return data === undefined || data === '' ? undefined : { mcp: parse(data) };
}

/** The SDK has the arguments of tools as JSON. It leaves them empty if they must not be shown. */
function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
