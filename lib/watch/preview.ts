import { MAX_LLM_PREVIEW, REDACTION_HEADROOM } from '../bridge/limits';
import { withoutDataUris } from '../trace/binary';
import { hideInText } from '../trace/hide-text';
import { truncate } from '../trace/text';
import { contentText } from './content-text';
import { isObject, nonEmptyString } from './facts';

/** Code points of content to keep: more than are sent, because the text may be redacted first. */
export const MAX_PREVIEW = REDACTION_HEADROOM * MAX_LLM_PREVIEW;
/** The number of messages in a preview: the last ones of the conversation. */
const PREVIEWED_MESSAGES = 2;
/** Roles of messages that hardly change from call to call, and are therefore shown after the others. */
const INSTRUCTIONS = /^(system|developer)$/;

/** Makes a message that can be shown of what a framework has. */
export type Convert = (message: unknown) => unknown;

/**
 * Shows a request as text: the last two messages in one line.
 *
 * @param input a conversation, or a single message in any form that a provider accepts
 * @param system instructions that are not among the messages; shown if there is room
 * @param convert for members of a list. Of a conversation, only those that are shown are converted.
 */
export function previewInput(
  input: unknown,
  system?: unknown,
  convert?: Convert,
): string | undefined {
  const messages = lastMessages(input, convert);
  const shown = messages.some(isInstruction)
    ? [...messages.filter((each) => !isInstruction(each)), ...messages.filter(isInstruction)]
    : messages;
  if (system) shown.push({ role: 'system', content: system });
  let text = '';
  for (const message of shown) {
    const own = messageText(message);
    if (own !== '') text += text === '' ? own : ` | ${own}`;
  }
  return text === '' ? undefined : truncate(hideInText(text), MAX_PREVIEW);
}

/** Returns what is shown of a request: the last messages of a conversation, or its only one. */
function lastMessages(input: unknown, convert: Convert | undefined): unknown[] {
  if (!Array.isArray(input)) return [input];
  const all = (messages: unknown[]) => (convert ? messages.map(convert) : messages);
  const last = all(input.slice(-PREVIEWED_MESSAGES));
  return isConversation(last) ? last : [all(input)];
}

/** An array may be a conversation, or the parts of one message. */
function isConversation(last: unknown[]): boolean {
  return last.some(
    (item) =>
      isObject(item) &&
      ('role' in item || 'content' in item || 'parts' in item || 'call_id' in item),
  );
}

function isInstruction(message: any): boolean {
  return INSTRUCTIONS.test(message?.role);
}

function messageText(message: any): string {
  const role = nonEmptyString(message?.role);
  const text = contentText(message, MAX_PREVIEW);
  return role && text !== '' ? `${role}: ${text}` : text;
}

/** @returns a text of an answer as it is shown */
export function previewText(text: string): string | undefined {
  return text === '' ? undefined : truncate(hideInText(withoutDataUris(text)), MAX_PREVIEW);
}
