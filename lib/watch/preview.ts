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

/**
 * Shows a request as text: the last two messages in one line.
 *
 * @param input a conversation, or a single message in any form that a provider accepts
 * @param system instructions that are not among the messages; shown if there is room
 */
export function previewInput(input: unknown, system?: unknown): string | undefined {
  const messages = isConversation(input) ? input.slice(-PREVIEWED_MESSAGES) : [input];
  const shown = [
    ...messages.filter((message) => !isInstruction(message)),
    ...messages.filter(isInstruction),
    ...(system ? [{ role: 'system', content: system }] : []),
  ];
  const texts = shown.map(messageText).filter((text) => text !== '');
  return texts.length > 0 ? truncate(hideInText(texts.join(' | ')), MAX_PREVIEW) : undefined;
}

/** An array may be a conversation, or the parts of one message. */
function isConversation(input: unknown): input is unknown[] {
  const members = ['role', 'content', 'parts', 'call_id'];
  return (
    Array.isArray(input) &&
    input
      .slice(-PREVIEWED_MESSAGES)
      .some((item) => isObject(item) && members.some((member) => member in item))
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
