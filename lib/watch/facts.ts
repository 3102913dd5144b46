import { MAX_LLM_PREVIEW, REDACTION_HEADROOM } from '../bridge/limits';
import type { CallFacts } from '../trace/call-facts';
import { summarize } from '../trace/summarize';
import { truncate } from '../trace/text';
import type { WatchSettings } from './provider';

/** Code points of content that are kept: more than are sent, because the text may be redacted first. */
const MAX_PREVIEW = REDACTION_HEADROOM * MAX_LLM_PREVIEW;
/** Messages of a conversation in a preview: the last ones. */
const PREVIEWED_MESSAGES = 2;

/** @returns the value, if it is a finite number */
export function finiteNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** @returns the value, if it is a string that is not empty */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns the value, if it is an array, else an empty one */
export function arrayOf(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

/** @returns the entries with a value, or undefined if there are none */
export function definedEntries(
  entries: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const defined = Object.entries(entries).filter(([, value]) => value !== undefined);
  return defined.length > 0 ? Object.fromEntries(defined) : undefined;
}

/** @param messages a conversation, of which the last messages are shown, or a single message */
export function previewInput(messages: unknown): string | undefined {
  if (messages === undefined || messages === null) return undefined;
  return summarize(
    Array.isArray(messages) ? messages.slice(-PREVIEWED_MESSAGES) : messages,
    MAX_PREVIEW,
  );
}

/** Collects what a model answered: the text, piece by piece, and the tools that it asked for. */
export class Answer {
  #captureContent: boolean;
  #text = '';
  #tools: string[] = [];

  constructor({ captureContent }: WatchSettings) {
    this.#captureContent = captureContent;
  }

  addText(piece: unknown): void {
    // More than is kept, so that the preview is seen to be cut.
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
