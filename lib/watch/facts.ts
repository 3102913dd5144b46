import { MAX_LLM_PREVIEW, REDACTION_HEADROOM } from '../bridge/limits';
import type { CallFacts } from '../trace/call-facts';
import { summarize } from '../trace/summarize';
import { truncate } from '../trace/text';
import type { WatchSettings } from './provider';

/** Code points of content to keep: more than are sent, because the text may be redacted first. */
const MAX_PREVIEW = REDACTION_HEADROOM * MAX_LLM_PREVIEW;
/** The number of messages in a preview: the last ones of the conversation. */
const PREVIEWED_MESSAGES = 2;

/** @returns the value if it is a finite number */
export function finiteNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** @returns the value if it is a non-empty string */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns the value if it is an array, otherwise an empty array */
export function arrayOf(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

/** @returns the entries that have a value; undefined if there are none */
export function definedEntries(
  entries: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const defined = Object.entries(entries).filter(([, value]) => value !== undefined);
  return defined.length > 0 ? Object.fromEntries(defined) : undefined;
}

/** @param messages a conversation, whose last messages are shown, or a single message */
export function previewInput(messages: unknown): string | undefined {
  if (messages === undefined || messages === null) return undefined;
  return summarize(
    Array.isArray(messages) ? messages.slice(-PREVIEWED_MESSAGES) : messages,
    MAX_PREVIEW,
  );
}

/** Collects a model's answer: the text, piece by piece, and the tools that it requested. */
export class Answer {
  #captureContent: boolean;
  #text = '';
  #tools: string[] = [];

  constructor({ captureContent }: WatchSettings) {
    this.#captureContent = captureContent;
  }

  addText(piece: unknown): void {
    // Keeps more than the limit, to detect that the preview is cut.
    if (typeof piece === 'string' && this.#text.length <= 2 * MAX_PREVIEW) this.#text += piece;
  }

  addTool(name: unknown): void {
    const tool = nonEmptyString(name);
    if (tool) this.#tools.push(tool);
  }

  facts(): CallFacts {
    const shown = this.#captureContent && this.#text !== '';
    return {
      outputPreview: shown ? truncate(this.#text, MAX_PREVIEW) : undefined,
      toolCalls: this.#tools.length > 0 ? this.#tools : undefined,
    };
  }
}
