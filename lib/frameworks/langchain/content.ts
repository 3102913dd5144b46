import { isObject, nonEmptyString } from '../../watch/facts';

const ROLES: Record<string, string> = { human: 'user', ai: 'assistant', generic: 'user' };

/** @param request the messages of a chat, or a prompt; messages become those of OpenAI, which previews can show */
export function toInput(request: unknown): unknown {
  return Array.isArray(request) ? request.map(toMessage) : request;
}

export function toMessage(message: any): unknown {
  if (!isObject(message) || typeof message._getType !== 'function') return message;
  const type = nonEmptyString(message._getType()) ?? '';
  const { content, tool_calls } = message;
  return { role: ROLES[type] ?? type, content, ...(tool_calls?.length ? { tool_calls } : {}) };
}

/** @returns what goes into or comes out of a chain, without what LangChain has put around it */
export function toValue(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [[key, inner] = [], ...others] = Object.entries(value);
  if (others.length === 0 && (key === 'input' || key === 'output')) return toValue(inner);
  if (Array.isArray(value)) return value.map(toMessage);
  return Array.isArray(value.messages)
    ? { ...value, messages: value.messages.map(toMessage) }
    : toMessage(value);
}

/** @returns what came out of a tool: of a message, its text */
export function toolOutput(output: unknown): unknown {
  return isObject(output) && 'tool_call_id' in output ? output.content : output;
}

export function parseInput(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}
