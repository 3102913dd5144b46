import type { ToolRequest } from '../../trace/tool-requests';
import { arrayOf, isObject, nonEmptyString } from '../../watch/facts';
import type { Attributes, ReadableSpan } from './api';
import { CONTENT, EVENTS } from './conventions';
import { parse } from './find';

type Direction = 'input' | 'output';

/** Attributes of spread messages to read, and the largest index in them. */
const MAX_SPREAD = 2_000;
const MAX_INDEX = 500;

/** The attributes of a span, and of the events that have some of them. */
export function attributesOf(span: ReadableSpan): Attributes {
  const others = span.events.filter(({ name }) => EVENTS[name] === 'attributes');
  if (others.length === 0) return span.attributes;
  return Object.assign({}, ...others.map((event) => event.attributes), span.attributes);
}

/** What went into a span or came out of it: a text, or messages. Undefined if it does not say so. */
export function contentOf(
  span: ReadableSpan,
  attributes: Attributes,
  direction: Direction,
): unknown {
  const messages = spreadMessages(attributes, direction);
  if (messages) return messages;
  const name = CONTENT[direction].find((key) => attributes[key] !== undefined);
  if (name !== undefined) return unpack(parse(attributes[name]));
  const events = span.events.filter((event) => EVENTS[event.name] === direction);
  return events.length > 0 ? events.map(toEventMessage) : undefined;
}

/** Names of attributes that are parts of messages. Most spans have none. */
const PART = /\.\d+\./;

function spreadMessages(attributes: Attributes, direction: Direction): unknown[] | undefined {
  if (!Object.keys(attributes).some((name) => PART.test(name))) return undefined;
  const spread = direction === 'input' ? CONTENT.spreadInput : CONTENT.spreadOutput;
  const messages = spread.map((prefix) => collect(attributes, prefix)).find(isFilled);
  return messages?.map(toMessage);
}

export function systemOf(attributes: Attributes): unknown {
  return parse(attributes[CONTENT.system[0]]);
}

/** The prompt of the AI SDK is an object with the messages, and Gemini's request is, too. */
function unpack(content: unknown): unknown {
  return (isObject(content) && (content.messages ?? content.prompt ?? content.contents)) || content;
}

/** The tools that a model asks for in its answer. */
export function toolRequestsOf(span: ReadableSpan, attributes: Attributes): ToolRequest[] {
  const answers = [
    contentOf(span, attributes, 'output'),
    parse(attributes['ai.response.toolCalls']),
  ];
  const seen = new Map<string, ToolRequest>();
  for (const answer of answers) {
    for (const message of arrayOf(answer)) {
      const parts = [message, ...arrayOf(message?.parts), ...arrayOf(message?.content)];
      for (const part of [...parts, ...arrayOf(message?.tool_calls)]) {
        const request = toRequest(part);
        if (request) seen.set(request.id ?? JSON.stringify([request.name, request.args]), request);
      }
    }
  }
  return [...seen.values()];
}

function toRequest(part: any): ToolRequest | undefined {
  const called = part?.function ?? part?.tool_call?.function ?? part;
  const name = nonEmptyString(called?.name ?? called?.toolName);
  const args = called?.arguments ?? called?.args ?? called?.input;
  const isTool = args !== undefined || /^tool[-_]call$|^tool_use$/.test(part?.type);
  if (!name || !isTool || part?.role !== undefined) return undefined;
  const id = part.id ?? part.tool_call?.id ?? part.toolCallId ?? part.tool_call_id;
  return { name, id: nonEmptyString(id), args };
}

const isFilled = (list: unknown[]) => list.length > 0;

/** Puts attributes such as `gen_ai.prompt.0.content` together again. */
function collect(attributes: Attributes, prefix: string): any[] {
  const root: any[] = [];
  let read = 0;
  for (const name in attributes) {
    if (!name.startsWith(`${prefix}.`) || !/^\d/.test(name.slice(prefix.length + 1))) continue;
    read += 1;
    if (read > MAX_SPREAD) break;
    place(root, name.slice(prefix.length + 1).split('.'), attributes[name]);
  }
  return root.filter((item) => item !== undefined);
}

function place(root: any, path: string[], value: unknown): void {
  let holder = root;
  for (const [index, key] of path.entries()) {
    const isLast = index === path.length - 1;
    const at = Array.isArray(holder) ? Number(key) : key;
    if (key === '__proto__' || (typeof at === 'number' && !(at >= 0 && at <= MAX_INDEX))) return;
    if (isLast) holder[at] = value;
    else {
      if (!isObject(holder[at])) holder[at] = /^\d+$/.test(path[index + 1]) ? [] : {};
      holder = holder[at];
    }
  }
}

/** OpenInference has a level more: `message.content`, `message_content.text`, `tool_call.function`. */
function toMessage(item: any): unknown {
  if (typeof item === 'string') return item;
  const message = item.message ?? item.document ?? item.prompt ?? item;
  if (!isObject(message)) return message;
  const contents = arrayOf(message.contents).map((part) => part?.message_content ?? part);
  return {
    ...message,
    content: parse(message.content ?? message.text) ?? (isFilled(contents) ? contents : undefined),
    contents: undefined,
    tool_calls: arrayOf(message.tool_calls).map((call) => call?.tool_call ?? call),
  };
}

function toEventMessage({ name, attributes = {} }: ReadableSpan['events'][number]): unknown {
  const inner = parse(attributes.message);
  const values = isObject(inner) ? { ...attributes, ...inner } : attributes;
  return {
    role: values.role ?? values['gen_ai.message.role'] ?? /gen_ai\.(\w+)\.message/.exec(name)?.[1],
    content: parse(values.content ?? values['gen_ai.event.content']),
    tool_calls: arrayOf(parse(values.tool_calls)),
  };
}
